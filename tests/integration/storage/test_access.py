"""Keys and customers as they are kept: digests only, few requests, and nothing guessed."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from connections.adapters.api_keys_table import DynamoApiKeys
from connections.adapters.aws import canceled
from connections.adapters.customers_table import DynamoCustomers
from connections.adapters.deletions_queue import (
    DeletionMessage,
    SqsDeletions,
    parse_deletion_message,
)
from connections.adapters.signing_keys_table import DynamoSigningKeys
from connections.application.identify_caller import PREFIX
from connections.application.manage_api_keys import ApiKeyring
from connections.domain.caller import Scope
from connections.domain.errors import Unavailable
from tests.builders import CUSTOMER, HOUR, NOW, a_customer, a_signing_key, an_api_key
from tests.doubles.clock import ManualClock
from tests.integration.aws import Aws

KEY, SIGNING_KEY = an_api_key().id, a_signing_key().id


def api_keys_of(aws: Aws) -> DynamoApiKeys:
    return DynamoApiKeys(aws.dynamodb, aws.names["Definitions"])


def signing_keys_of(aws: Aws) -> DynamoSigningKeys:
    return DynamoSigningKeys(aws.dynamodb, aws.names["Definitions"])


def customers_of(aws: Aws) -> DynamoCustomers:
    return DynamoCustomers(aws.dynamodb, aws.names["Definitions"])


CALLS: dict[str, tuple[Callable[[Aws], object], str]] = {
    "add a key": (lambda aws: api_keys_of(aws).add(an_api_key()), "PutItem"),
    "read a key": (lambda aws: api_keys_of(aws).get(KEY), "GetItem"),
    "list keys": (lambda aws: api_keys_of(aws).page(limit=2, cursor=None), "Query"),
    "rotate a key": (lambda aws: api_keys_of(aws).rotated(an_api_key(), "former"), "PutItem"),
    "remove a key": (lambda aws: api_keys_of(aws).remove(KEY), "DeleteItem"),
    "note a use": (lambda aws: api_keys_of(aws).used(KEY, NOW), "UpdateItem"),
    "add a signing key": (lambda aws: signing_keys_of(aws).add(a_signing_key()), "PutItem"),
    "read signing keys": (lambda aws: signing_keys_of(aws).all(), "Query"),
    "remove a signing key": (lambda aws: signing_keys_of(aws).remove(SIGNING_KEY), "DeleteItem"),
    "add a customer": (lambda aws: customers_of(aws).add(a_customer()), "TransactWriteItems"),
    "read a customer": (lambda aws: customers_of(aws).get(CUSTOMER), "GetItem"),
    "know a customer": (lambda aws: customers_of(aws).by_external_id("acme"), "GetItem"),
    "list customers": (lambda aws: customers_of(aws).page(limit=2, cursor=None), "Query"),
    "rename a customer": (lambda aws: customers_of(aws).renamed(CUSTOMER, "A", NOW), "UpdateItem"),
    "begin a deletion": (lambda aws: customers_of(aws).deleting(CUSTOMER, NOW), "UpdateItem"),
}


@pytest.mark.parametrize(("call", "request_name"), CALLS.values(), ids=CALLS)
def test_each_call_is_one_request(
    aws: Aws, requests: list[str], call: Callable[[Aws], object], request_name: str
) -> None:
    call(aws)
    assert requests == [request_name]


@pytest.mark.parametrize(("call", "request_name"), CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "ThrottlingException"}}, "Any"),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
    ],
    ids=["throttled", "unreachable"],
)
def test_what_aws_refuses_is_unavailable(
    aws: Aws,
    monkeypatch: pytest.MonkeyPatch,
    call: Callable[[Aws], object],
    request_name: str,
    failure: Exception,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(aws.dynamodb, "_make_api_call", refuse)
    with pytest.raises(Unavailable):
        call(aws)


@pytest.mark.parametrize("name", ["read a key", "read signing keys", "read a customer",
                                  "know a customer"])  # fmt: skip
def test_what_decides_who_may_is_read_consistently(aws: Aws, name: str) -> None:
    asked: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: object) -> None:
        asked.append(params)

    aws.dynamodb.meta.events.register("provide-client-params.dynamodb", note)
    CALLS[name][0](aws)
    aws.dynamodb.meta.events.unregister("provide-client-params.dynamodb", note)
    assert [each["ConsistentRead"] for each in asked] == [True]


def test_no_secret_of_a_key_is_stored(aws: Aws) -> None:
    ring = ApiKeyring(keys=api_keys_of(aws), clock=ManualClock())
    first = ring.create("Deployment", [Scope.ACCESS_WRITE])
    second = ring.create("Another", list(Scope))
    stored = repr(aws.items("Definitions"))
    for shown in (first, second):
        _, secret = shown.key.removeprefix(PREFIX).split("_", 1)
        assert shown.api_key.digest in stored
        assert secret not in stored
        assert shown.key not in stored


def test_an_item_of_a_key_has_no_empty_attributes(aws: Aws) -> None:
    api_keys_of(aws).add(an_api_key())
    signing_keys_of(aws).add(a_signing_key())
    key, signing_key = sorted(aws.items("Definitions"), key=lambda item: str(item["pk"]["S"]))
    assert set(key) == {"pk", "sk", "name", "scopes", "digest", "createdAt"}
    assert set(signing_key) == {"pk", "sk", "name", "jwk", "createdAt"}


def test_a_use_that_is_noted_while_the_key_is_removed_leaves_nothing(aws: Aws) -> None:
    api_keys_of(aws).used(KEY, NOW)
    assert aws.items("Definitions") == []


def test_lists_of_one_table_do_not_mix(aws: Aws) -> None:
    api_keys_of(aws).add(an_api_key())
    signing_keys_of(aws).add(a_signing_key())
    customers_of(aws).add(a_customer())
    assert api_keys_of(aws).page(limit=10, cursor=None) == ([an_api_key()], None)
    assert signing_keys_of(aws).all() == [a_signing_key()]
    assert customers_of(aws).page(limit=10, cursor=None) == ([a_customer()], None)


def test_a_customer_is_an_item_and_one_that_finds_it(aws: Aws) -> None:
    customers_of(aws).add(a_customer())
    assert sorted((item["pk"]["S"], item["sk"]["S"]) for item in aws.items("Definitions")) == [
        ("customer", CUSTOMER),
        ("customer-external-id", "acme"),
    ]


def test_an_id_that_is_taken_leaves_no_item_behind(aws: Aws) -> None:
    customers_of(aws).add(a_customer())
    before = aws.items("Definitions")
    assert not customers_of(aws).add(a_customer(external_id="another"))
    assert not customers_of(aws).add(a_customer(id="cus_00000000000000000000000002"))
    assert aws.items("Definitions") == before


def cancel_for(aws: Aws, *codes: str | None) -> Callable[..., None]:
    """Return a transaction that is canceled for these reasons, one a part."""
    reasons = [{} if code is None else {"Code": code} for code in codes]
    error: Any = {"Error": {"Code": "TransactionCanceledException"}}
    if codes:
        error["CancellationReasons"] = reasons

    def cancel(**_: object) -> None:
        raise aws.dynamodb.exceptions.TransactionCanceledException(error, "TransactWriteItems")

    return cancel


@pytest.mark.parametrize(
    "codes", [(), (None,), ("None", "TransactionConflict"), ("None", "ThrottlingError")]
)
def test_a_transaction_that_is_canceled_for_another_reason_is_no_answer(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, codes: tuple[str | None, ...]
) -> None:
    monkeypatch.setattr(aws.dynamodb, "transact_write_items", cancel_for(aws, *codes))
    with pytest.raises(Unavailable):
        customers_of(aws).add(a_customer())


@pytest.mark.parametrize(("conflicts", "tries"), [(1, 2), (3, 4), (9, 4)])
def test_a_transaction_in_anothers_way_is_tried_again(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, conflicts: int, tries: int
) -> None:
    conflict = cancel_for(aws, "None", "TransactionConflict")
    asked: list[int] = []

    def now_and_then(**_: object) -> None:
        asked.append(1)
        if len(asked) <= conflicts:
            conflict()

    monkeypatch.setattr(aws.dynamodb, "transact_write_items", now_and_then)
    monkeypatch.setattr("connections.adapters.aws.time.sleep", lambda _: None)

    with pytest.raises(Unavailable) if conflicts >= tries else nullcontext():
        assert canceled(aws.dynamodb, []) == []

    assert len(asked) == tries


def test_a_canceled_transaction_tells_which_conditions_failed(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = cancel_for(aws, "None", "ConditionalCheckFailed", "TransactionConflict")
    monkeypatch.setattr(aws.dynamodb, "transact_write_items", cancel)
    assert canceled(aws.dynamodb, [{}, {}, {}]) == [False, True, False]


def test_another_failure_of_a_transaction_is_unavailable(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "TransactWriteItems")

    monkeypatch.setattr(aws.dynamodb, "transact_write_items", refuse)
    with pytest.raises(Unavailable):
        customers_of(aws).add(a_customer())


def test_a_deletion_waits_in_the_queue_as_long_as_it_is_told(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(aws.sqs, "send_message", lambda **message: sent.append(message))
    deletions = SqsDeletions(aws.sqs, "url")
    deletions.send(CUSTOMER)
    deletions.send(CUSTOMER, delay_seconds=10)
    assert [(each["QueueUrl"], each["DelaySeconds"]) for each in sent] == [("url", 0), ("url", 10)]
    named = DeletionMessage(customer_id=CUSTOMER)
    assert [parse_deletion_message(each["MessageBody"]) for each in sent] == [named] * 2


def test_a_queue_that_does_not_answer_is_unavailable(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs")

    monkeypatch.setattr(aws.sqs, "send_message", refuse)
    with pytest.raises(Unavailable):
        SqsDeletions(aws.sqs, "url").send(CUSTOMER)


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"customer": "cus"}'])
def test_a_message_that_names_no_customer_is_no_message(body: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        parse_deletion_message(body)


def test_a_time_of_a_key_keeps_its_microseconds(aws: Aws) -> None:
    key = an_api_key(expires_at=NOW.replace(microsecond=123_457) + HOUR)
    api_keys_of(aws).add(key)
    assert api_keys_of(aws).get(KEY) == key
