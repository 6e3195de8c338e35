"""Conditions decide on one machine as IAM's do: who calls, bound to what, on which partition."""

import json
from typing import Any

import pytest

from local import needs
from local.conditions import Context, read_conditions
from local.errors import StackError
from local.permissions import Need, Permissions, Role, Statement

REGION = "us-east-2"
KEY = f"arn:aws:kms:{REGION}:123456789012:key/1"
TABLE = f"arn:aws:dynamodb:{REGION}:123456789012:table/definitions"
ROLE = "arn:aws:iam::123456789012:role/connections-FunctionRole-LOCAL"
PARTITION_KEYS = {TABLE: "pk", f"{TABLE}/index/due": "dueShard"}
PURPOSE = "kms:EncryptionContext:branch-key-id"


def conditions(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {operator: {key: list(values)}}


def statement(resource: str, *actions: str, allows: bool = True, **operators: Any) -> Statement:
    return Statement(
        allows=allows,
        actions=actions,
        resources=(resource,),
        conditions=tuple(read_conditions("Here", operators)),
    )


def permissions(*statements: Statement, key_policy: tuple[Statement, ...] = ()) -> Permissions:
    role = Role(arn=ROLE, statements=statements)
    arns = {"Key": KEY, "Definitions": TABLE}
    return Permissions({"Function": role}, arns, {KEY: key_policy} if key_policy else {})


def of_kms(operation: str, **content: Any) -> list[Need]:
    return of("kms", f"TrentService.{operation}", content)


def of_dynamodb(operation: str, **content: Any) -> list[Need]:
    return of("dynamodb", f"DynamoDB_20120810.{operation}", content)


def of(service: str, target: str, content: dict[str, Any]) -> list[Need]:
    body = json.dumps(content).encode()
    return needs.of_request(service, REGION, {"x-amz-target": target}, body, PARTITION_KEYS)


def key(value: str) -> dict[str, Any]:
    return {"pk": {"S": value}, "sk": {"S": "x"}}


# --- The encryption context ----------------------------------------------------------------------

DECRYPT = statement(KEY, "kms:Decrypt", **conditions("StringEquals", PURPOSE, "inputs", "tokens"))


def decrypting(**bound: str) -> list[Need]:
    return of_kms("Decrypt", KeyId=KEY, CiphertextBlob="x", EncryptionContext=bound)


def test_a_call_needs_the_purpose_that_it_is_bound_to() -> None:
    (need,) = decrypting(**{"branch-key-id": "inputs", "type": "branch:ACTIVE"})
    expected = {PURPOSE: ("inputs",), "kms:EncryptionContext:type": ("branch:ACTIVE",)}
    assert need == Need(action="kms:Decrypt", resource=KEY, context=expected)


@pytest.mark.parametrize(
    ("bound", "allowed"),
    [
        ({"branch-key-id": "inputs"}, True),
        ({"branch-key-id": "inputs", "type": "beacon:ACTIVE"}, True),
        ({"branch-key-id": "inputs*"}, False),
        ({"branch-key-id": "Inputs"}, False),
        ({"purpose": "inputs"}, False),
        ({}, False),
    ],
)
def test_a_statement_with_a_purpose_allows_that_purpose(
    bound: dict[str, str], allowed: bool
) -> None:
    denied = permissions(DECRYPT).first_denied("Function", decrypting(**bound))
    assert (denied is None) is allowed


@pytest.mark.parametrize(
    ("source", "target", "missing"),
    [
        ("inputs", "inputs", None),
        ("inputs", "tokens", "kms:ReEncryptTo"),
        ("tokens", "inputs", "kms:ReEncryptFrom"),
    ],
)
def test_a_reencryption_needs_the_purpose_on_both_sides(
    source: str, target: str, missing: str | None
) -> None:
    needed = of_kms(
        "ReEncrypt",
        SourceKeyId=KEY,
        SourceEncryptionContext={"branch-key-id": source},
        DestinationKeyId=KEY,
        DestinationEncryptionContext={"branch-key-id": target},
    )
    only_inputs = conditions("StringEquals", PURPOSE, "inputs")
    allowing = permissions(statement(KEY, "kms:ReEncryptFrom", "kms:ReEncryptTo", **only_inputs))
    denied = allowing.first_denied("Function", needed)
    assert (denied.need.action if denied else None) == missing


def test_a_refusal_with_a_condition_refuses_only_what_the_condition_says() -> None:
    refusal = statement(KEY, "kms:*", allows=False, **conditions("StringEquals", PURPOSE, "tokens"))
    refusing = permissions(DECRYPT, refusal)
    assert refusing.first_denied("Function", decrypting(**{"branch-key-id": "inputs"})) is None
    assert refusing.first_denied("Function", decrypting(**{"branch-key-id": "tokens"}))


# --- The key policy ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        ("arn:aws:iam::123456789012:role/connections-FunctionRole-*", True),
        ("arn:aws:iam::*:role/connections-FunctionRole-?????", True),
        ("arn:aws:iam::123456789012:role/connections-OtherFunctionRole-*", False),
        ("arn:aws:iam::210987654321:role/connections-FunctionRole-*", False),
        ("arn:*/connections-FunctionRole-*", False),
    ],
)
def test_a_key_policy_allows_the_roles_that_it_names(pattern: str, allowed: bool) -> None:
    policy = statement("*", "kms:Decrypt", **conditions("ArnLike", "aws:PrincipalArn", pattern))
    deciding = permissions(DECRYPT, key_policy=(policy,))
    denied = deciding.first_denied("Function", decrypting(**{"branch-key-id": "inputs"}))
    assert (denied is None) is allowed
    assert denied is None or denied.policy == "resource-based"


def test_a_key_policy_alone_allows_nothing() -> None:
    deciding = permissions(key_policy=(statement("*", "kms:Decrypt"),))
    denied = deciding.first_denied("Function", decrypting(**{"branch-key-id": "inputs"}))
    assert denied is not None
    assert denied.policy == "identity-based"


# --- Leading keys --------------------------------------------------------------------------------

OWN = conditions("ForAllValues:StringLike", "dynamodb:LeadingKeys", "component#*", "apiKey#?")


def query(**content: Any) -> list[Need]:
    return of_dynamodb("Query", TableName="definitions", **content)


def with_values(expression: str, **names: str) -> list[Need]:
    values = {":a": {"S": "component#1"}, ":b": {"S": "customer#1"}}
    return query(
        KeyConditionExpression=expression,
        ExpressionAttributeValues=values,
        ExpressionAttributeNames={f"#{name}": value for name, value in names.items()},
    )


def batch(*values: str) -> list[Need]:
    wanted = {"definitions": {"Keys": [key(value) for value in values]}}
    return of_dynamodb("BatchGetItem", RequestItems=wanted)


def batch_write(put: str, delete: str) -> list[Need]:
    requests = [{"PutRequest": {"Item": key(put)}}, {"DeleteRequest": {"Key": key(delete)}}]
    return of_dynamodb("BatchWriteItem", RequestItems={"definitions": requests})


def transaction(put: str, check: str) -> list[Need]:
    return of_dynamodb(
        "TransactWriteItems",
        TransactItems=[
            {"Put": {"TableName": "definitions", "Item": key(put)}},
            {"ConditionCheck": {"TableName": TABLE, "Key": key(check)}},
        ],
    )


def on_item(operation: str, value: str, **content: Any) -> list[Need]:
    return of_dynamodb(operation, TableName="definitions", Key=key(value), **content)


@pytest.mark.parametrize(
    ("needed", "allowed"),
    [
        (on_item("GetItem", "component#1"), True),
        (on_item("GetItem", "apiKey#1"), True),
        (on_item("GetItem", "apiKey#12"), False),
        (on_item("GetItem", "customer#1"), False),
        (on_item("UpdateItem", "component#1"), True),
        (on_item("UpdateItem", "customer#component#1"), False),
        (on_item("DeleteItem", "component#1"), True),
        (on_item("DeleteItem", "customer#1"), False),
        (of_dynamodb("PutItem", TableName="definitions", Item=key("component#1")), True),
        (of_dynamodb("PutItem", TableName=TABLE, Item=key("customer#1")), False),
        (of_dynamodb("PutItem", TableName="definitions", Item={"sk": {"S": "x"}}), False),
        (batch("component#1", "apiKey#1"), True),
        (batch("component#1", "customer#1"), False),
        (batch_write("component#1", "apiKey#1"), True),
        (batch_write("component#1", "customer#1"), False),
        (transaction("component#1", "component#2"), True),
        (transaction("component#1", "customer#2"), False),
        (transaction("customer#1", "component#2"), False),
        (with_values("pk = :a"), True),
        (with_values("pk = :b"), False),
        (with_values("begins_with(sk, :b) AND (#p=:a)", p="pk"), True),
        (with_values("#p = :b AND #s = :a", p="pk", s="sk"), False),
        (with_values("pk = :absent"), False),
        (query(KeyConditions={"pk": {}}), False),
    ],
)
def test_a_statement_with_leading_keys_allows_those_partitions(
    needed: list[Need], allowed: bool
) -> None:
    denied = permissions(statement(TABLE, "dynamodb:*", **OWN)).first_denied("Function", needed)
    assert (denied is None) is allowed


def test_the_leading_key_of_an_index_is_its_own() -> None:
    (need,) = query(
        IndexName="due",
        KeyConditionExpression="dueShard = :shard AND refreshAt <= :now",
        ExpressionAttributeValues={":shard": {"S": "7"}, ":now": {"N": "1"}},
    )
    assert need.resource == f"{TABLE}/index/due"
    assert need.context == {"dynamodb:LeadingKeys": ("7",)}


def test_a_scan_has_no_leading_keys_and_passes_as_it_does_in_aws() -> None:
    scan = of_dynamodb("Scan", TableName="definitions")
    scanning = permissions(statement(TABLE, "dynamodb:Scan", **OWN))
    assert scanning.first_denied("Function", scan) is None
    # Such a statement is no use of what the condition names, which a test of all that is used sees.
    assert scanning.report()["Function"]["used"] == []


# --- The report ----------------------------------------------------------------------------------


def test_the_report_tells_each_value_of_a_condition_that_was_used() -> None:
    told = permissions(DECRYPT, statement(TABLE, "dynamodb:GetItem", **OWN))
    told.first_denied("Function", decrypting(**{"branch-key-id": "tokens"}))
    told.first_denied("Function", decrypting(**{"branch-key-id": "others"}))
    told.first_denied("Function", on_item("GetItem", "apiKey#1"))
    assert told.report()["Function"] == {
        "allowed": [
            "dynamodb:GetItem Definitions if dynamodb:LeadingKeys is apiKey#?",
            "dynamodb:GetItem Definitions if dynamodb:LeadingKeys is component#*",
            "kms:Decrypt Key if kms:EncryptionContext:branch-key-id is inputs",
            "kms:Decrypt Key if kms:EncryptionContext:branch-key-id is tokens",
        ],
        "used": [
            "dynamodb:GetItem Definitions if dynamodb:LeadingKeys is apiKey#?",
            "kms:Decrypt Key if kms:EncryptionContext:branch-key-id is tokens",
        ],
        "denied": ["kms:Decrypt Key"],
    }


def test_several_conditions_must_all_hold() -> None:
    both = {**conditions("StringEquals", PURPOSE, "inputs")}
    both["StringEquals"]["kms:EncryptionContext:type"] = "beacon:ACTIVE"
    deciding = permissions(statement(KEY, "kms:Decrypt", **both))
    bound = {"branch-key-id": "inputs", "type": "beacon:ACTIVE"}
    assert deciding.first_denied("Function", decrypting(**bound)) is None
    assert deciding.first_denied("Function", decrypting(**{**bound, "type": "branch:ACTIVE"}))
    assert deciding.report()["Function"]["allowed"] == [
        f"kms:Decrypt Key if {PURPOSE} is inputs and kms:EncryptionContext:type is beacon:ACTIVE"
    ]


@pytest.mark.parametrize(
    ("operator", "name", "value"),
    [
        ("StringLike", PURPOSE, "inputs"),
        ("ForAnyValue:StringEquals", PURPOSE, "inputs"),
        ("StringEquals", "kms:ViaService", "dynamodb"),
        ("StringEquals", "aws:PrincipalArn", ROLE),
        ("ArnLike", "aws:PrincipalArnOfAnother", ROLE),
        ("StringEquals", "kms:EncryptionContext:", "inputs"),
        ("ForAllValues:StringLike", "dynamodb:Attributes", "pk"),
        ("ForAllValues:StringLike", "dynamodb:LeadingKeys", "${aws:username}"),
        ("StringEquals", PURPOSE, {"Ref": "Purpose"}),
        ("StringEquals", PURPOSE, []),
    ],
)
def test_a_condition_that_is_not_understood_is_an_error(
    operator: str, name: str, value: Any
) -> None:
    with pytest.raises(StackError, match=rf"^Here\.Condition\.{operator}.*is not understood"):
        read_conditions("Here", {operator: {name: value}})


def test_a_condition_holds_of_every_value_of_the_request() -> None:
    (condition,) = read_conditions("Here", OWN)
    both: Context = {"dynamodb:LeadingKeys": ("component#1", "customer#1")}
    assert not condition.holds(both)
    assert condition.holds({"dynamodb:LeadingKeys": ("component#1", "component#2")})
