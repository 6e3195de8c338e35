"""Connection templates as they are kept: sealed, in few requests, and with what refers to them."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from connections.adapters.aws import canceled
from connections.adapters.referrers import (
    DynamoReferrers,
    referrer_delete,
    referrer_put,
    template_counted,
)
from connections.adapters.templates_table import DynamoTemplates
from connections.application.ports import SealBroken
from connections.domain.errors import Unavailable
from connections.domain.identifiers import TemplateId
from connections.domain.referrer import Referred, Referrer, ReferrerKind
from tests.builders import TEMPLATE, a_template
from tests.integration.aws import Aws
from tests.integration.storage.conftest import Adapters

OTHER = TemplateId("tpl_00000000000000000000000002")
DRAFT = Referrer(kind=ReferrerKind.DRAFT, id="int_1", name="Sync")
VERSION = Referrer(kind=ReferrerKind.VERSION, id="int_1", name="Sync", version=10)
CONNECTION = Referrer(kind=ReferrerKind.CONNECTION, id="con_1", name="CRM")
RENAMED = a_template(name="Another", revision=2)
REFILLED = a_template(values={"clientId": "another"}, revision=2)


@pytest.fixture
def templates(adapters: Adapters) -> DynamoTemplates:
    return DynamoTemplates(
        adapters.aws.dynamodb, adapters.aws.names["Definitions"], adapters.sealer
    )


def referrers_of(aws: Aws) -> DynamoReferrers:
    return DynamoReferrers(aws.dynamodb, aws.names["Definitions"])


def refer(aws: Aws, referred: Referred, referrer: Referrer) -> None:
    table = aws.names["Definitions"]
    parts = [referrer_put(table, referred, referrer)]
    if referred.template_id is not None:
        parts.append(template_counted(table, referred.template_id, 1))
    assert not canceled(aws.dynamodb, parts)


def item(aws: Aws, pk: str) -> dict[str, Any]:
    (found,) = [each for each in aws.items("Definitions") if each["pk"]["S"] == pk]
    return found


CALLS: dict[str, tuple[Callable[[DynamoTemplates], object], list[str]]] = {
    "add": (lambda store: store.add(a_template(id=OTHER, name="B")), ["TransactWriteItems"]),
    "get": (lambda store: store.get(TEMPLATE), ["GetItem"]),
    "by name": (lambda store: store.named("Acme app"), ["GetItem", "GetItem"]),
    "no name": (lambda store: store.named("none"), ["GetItem"]),
    "change": (lambda store: store.changed(a_template(), REFILLED), ["TransactWriteItems"]),
    "rename": (lambda store: store.changed(a_template(), RENAMED), ["TransactWriteItems"]),
    "remove": (lambda store: store.removed(a_template()), ["TransactWriteItems"]),
    "list": (lambda store: store.page(limit=5, cursor=None), ["Query", "BatchGetItem"]),
    "who refers": (
        lambda store: DynamoReferrers(store.client, store.table).of(Referred(template_id=TEMPLATE)),
        ["Query"],
    ),
}


@pytest.mark.parametrize(("call", "expected"), CALLS.values(), ids=CALLS)
def test_a_call_is_so_many_requests(
    templates: DynamoTemplates,
    requests: list[str],
    call: Callable[[DynamoTemplates], object],
    expected: list[str],
) -> None:
    templates.add(a_template())
    templates.get(TEMPLATE)  # the branch key is had from now on
    requests.clear()

    call(templates)

    assert requests == expected


@pytest.mark.parametrize(("call", "_expected"), CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "ThrottlingException"}}, "Any"),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
    ],
    ids=["throttled", "unreachable"],
)
def test_what_aws_refuses_is_unavailable(
    templates: DynamoTemplates,
    monkeypatch: pytest.MonkeyPatch,
    call: Callable[[DynamoTemplates], object],
    _expected: list[str],
    failure: Exception,
) -> None:
    templates.add(a_template())

    def refuse(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(templates.client, "_make_api_call", refuse)
    with pytest.raises(Unavailable):
        call(templates)


def test_no_value_is_stored_open(aws: Aws, templates: DynamoTemplates) -> None:
    templates.add(a_template(values={"clientId": "open-value-1", "clientSecret": "open-value-2"}))
    templates.changed(a_template(), a_template(values={"clientId": "open-value-3"}, revision=2))

    stored = repr(aws.items("Definitions"))

    assert "open-value" not in stored
    assert item(aws, TEMPLATE)["inputs"] == {"L": [{"S": "clientId"}]}


def test_a_template_is_an_item_and_one_that_finds_it(aws: Aws, templates: DynamoTemplates) -> None:
    templates.add(a_template())

    assert sorted((each["pk"]["S"], each["sk"]["S"]) for each in aws.items("Definitions")) == [
        ("template-name", "Acme app"),
        (TEMPLATE, "template"),
    ]
    stored = item(aws, TEMPLATE)
    assert (stored["listed"], stored["uses"]) == ({"S": "template"}, {"N": "0"})


def test_values_that_were_sealed_for_another_template_do_not_open(
    aws: Aws, templates: DynamoTemplates
) -> None:
    templates.add(a_template())
    templates.add(a_template(id=OTHER, name="Another"))
    moved = {**item(aws, TEMPLATE), "sealed": item(aws, OTHER)["sealed"]}
    aws.dynamodb.put_item(TableName=aws.names["Definitions"], Item=moved)

    for read in (
        lambda: templates.get(TEMPLATE),
        lambda: templates.named("Acme app"),
        lambda: templates.page(limit=5, cursor=None),
    ):
        with pytest.raises(SealBroken):
            read()


def test_a_template_that_is_renamed_between_two_readings_is_not_of_its_former_name(
    aws: Aws, templates: DynamoTemplates, monkeypatch: pytest.MonkeyPatch
) -> None:
    templates.add(a_template())
    get_item = aws.dynamodb.get_item
    asked: list[Any] = []

    def renaming(**request: Any) -> Any:
        if request["TableName"] == templates.table:
            asked.append(request)
            if len(asked) == 2:
                assert templates.changed(a_template(), RENAMED)
        return get_item(**request)

    monkeypatch.setattr(aws.dynamodb, "get_item", renaming)

    assert templates.named("Acme app") is None
    assert all(each["ConsistentRead"] for each in asked)


def test_a_template_that_is_deleted_while_a_list_is_read_is_left_out(
    aws: Aws, templates: DynamoTemplates, monkeypatch: pytest.MonkeyPatch
) -> None:
    for identifier, name in ((TEMPLATE, "Acme app"), (OTHER, "Another")):
        templates.add(a_template(id=identifier, name=name))
    batch_get = aws.dynamodb.batch_get_item

    def deleting(**request: Any) -> Any:
        assert templates.removed(a_template())
        return batch_get(**request)

    monkeypatch.setattr(aws.dynamodb, "batch_get_item", deleting)

    found, following = templates.page(limit=5, cursor=None)

    assert ([each.id for each in found], following) == ([OTHER], None)


def test_a_long_list_is_read_a_hundred_at_a_time(
    templates: DynamoTemplates, requests: list[str]
) -> None:
    for number in range(101):
        templates.add(a_template(id=TemplateId(f"tpl_{number:026}"), name=f"Template {number}"))
    templates.page(limit=1, cursor=None)
    requests.clear()

    found, following = templates.page(limit=200, cursor=None)

    assert (len(found), following) == (101, None)
    assert requests == ["Query", "BatchGetItem", "BatchGetItem"]


def test_referrers_are_kept_under_what_they_refer_to(aws: Aws, templates: DynamoTemplates) -> None:
    templates.add(a_template())
    for referrer in (DRAFT, VERSION, CONNECTION):
        refer(aws, Referred(template_id=TEMPLATE), referrer)
        refer(aws, Referred(component="acme"), referrer)

    kept = [
        (each["pk"]["S"], each["sk"]["S"])
        for each in aws.items("Definitions")
        if each["pk"]["S"].startswith("uses/")
    ]
    places = ["con_1", "int_1/0000000010", "int_1/draft"]
    assert sorted(kept) == [
        *(("uses/component/acme", place) for place in places),
        *((f"uses/{TEMPLATE}", place) for place in places),
    ]
    assert item(aws, TEMPLATE)["uses"] == {"N": "3"}
    in_order = [CONNECTION, VERSION, DRAFT]
    assert referrers_of(aws).of(Referred(template_id=TEMPLATE)) == in_order
    assert referrers_of(aws).of(Referred(component="acme")) == in_order


def test_a_referrer_that_is_deleted_twice_is_gone(aws: Aws) -> None:
    referred = Referred(component="acme")
    refer(aws, referred, DRAFT)
    deletion = referrer_delete(aws.names["Definitions"], referred, DRAFT)

    assert not canceled(aws.dynamodb, [deletion])
    assert not canceled(aws.dynamodb, [deletion])

    assert referrers_of(aws).of(referred) == []


def test_at_most_a_hundred_referrers_are_told(aws: Aws) -> None:
    referred = Referred(component="acme")
    for number in range(101):
        refer(
            aws, referred, Referrer(kind=ReferrerKind.CONNECTION, id=f"con_{number:03}", name="CRM")
        )

    assert len(referrers_of(aws).of(referred)) == 100


def test_what_refers_is_read_consistently(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    query = aws.dynamodb.query

    def noted(**request: Any) -> Any:
        asked.append(request)
        return query(**request)

    monkeypatch.setattr(aws.dynamodb, "query", noted)

    referrers_of(aws).of(Referred(template_id=TEMPLATE))

    assert [each["ConsistentRead"] for each in asked] == [True]
