"""Connection templates over HTTP: what the organization and what customers see of them."""

from datetime import datetime
from typing import Any

import pytest

from connections.adapters.aws import canceled
from connections.adapters.referrers import referrer_put, template_counted
from connections.domain.identifiers import TemplateId
from connections.domain.referrer import Referred, Referrer, ReferrerKind
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.sent import Sent
from tests.integration.entrypoints.tenants import Tenants, made

INTEGRATION = "int_00000000000000000000000001"
DRAFT = Referrer(kind=ReferrerKind.DRAFT, id=INTEGRATION, name="Sync")
VERSION = Referrer(kind=ReferrerKind.VERSION, id=INTEGRATION, name="Sync", version=10)
VALUES = {"clientId": "value-of-ours-1", "clientSecret": "value-of-ours-2"}
OAUTH = {"component": "oauth", "key": "oauth2", "values": VALUES}
ODD = {
    "key": "odd",
    "label": "Odd",
    "connections": [
        {
            "key": "keys",
            "label": "Keys",
            "inputs": {
                "key": {"type": "string"},
                "list": {"type": "data", "collection": "valuelist"},
                "flag": {"type": "boolean"},
                "region": {"type": "string", "model": [{"label": "EU", "value": "eu"}]},
                "secret": {"type": "password"},
                "url": {"type": "template"},
            },
        }
    ],
}
ODD_VALUES = {
    "key": "value-of-ours-1",
    "list": ["value-of-ours-2"],
    "flag": True,
    "region": "eu",
    "secret": "value-of-ours-3",
    "url": "https://{{#key}}.value-of-ours-4.example",
}
SECRET = "value-of-ours"


@pytest.fixture
def tenants(functions: Functions) -> Tenants:
    return Tenants.founded(functions)


def create(functions: Functions, key: str | None = None, **changes: Any) -> Answer:
    headers = {} if key is None else {"idempotency-key": key}
    wanted = {"name": "Our app", "connection": OAUTH, **changes}
    return functions.call("POST", "/connection-templates", json=wanted, headers=headers)


def path_of(template: dict[str, Any]) -> str:
    return f"/connection-templates/{template['id']}"


def patch(functions: Functions, template: dict[str, Any], **changes: Any) -> Answer:
    return functions.call("PATCH", path_of(template), json=changes)


def refer(aws: Aws, template: dict[str, Any], by: Referrer, publish_at: int | None = None) -> None:
    table, identifier = aws.names["Definitions"], TemplateId(template["id"])
    parts = [
        template_counted(table, identifier, 1, publish_at=publish_at),
        referrer_put(table, Referred(template_id=identifier), by),
    ]
    assert not canceled(aws.dynamodb, parts)


def names(page: Answer) -> list[str]:
    return [each["name"] for each in made(page)["items"]]


def pointers(answer: Answer) -> list[str]:
    assert (answer.status, answer.json["code"]) == (400, "invalid-request"), answer.body
    assert SECRET not in answer.body
    return [each["pointer"] for each in answer.json["errors"]]


@pytest.mark.usefixtures("tenants")
def test_a_template_is_read_as_it_was_made(functions: Functions) -> None:
    answer = create(functions, shared=True)

    template = made(answer)
    assert answer.status == 201
    assert {**template, "id": "", "createdAt": "", "updatedAt": ""} == {
        "id": "",
        "name": "Our app",
        "connection": {
            "component": "oauth",
            "key": "oauth2",
            "values": {
                "clientId": {"value": "value-of-ours-1", "set": True},
                "clientSecret": {"value": None, "set": True},
            },
        },
        "templatedInputs": ["clientId", "clientSecret"],
        "shared": True,
        "locked": False,
        "usedBy": [],
        "createdAt": "",
        "updatedAt": "",
    }
    assert template["id"].startswith("tpl_")
    assert functions.call("GET", path_of(template)).json == template


def test_what_was_entered_as_free_text_is_read_back_of_oauth_connections_only(
    functions: Functions,
) -> None:
    made(functions.call("PUT", "/components/odd", json=ODD))

    template = made(
        create(functions, connection={"component": "odd", "key": "keys", "values": ODD_VALUES})
    )

    told = {name: each["value"] for name, each in template["connection"]["values"].items()}
    assert told == {
        "flag": True, "key": None, "list": None, "region": "eu", "secret": None, "url": None,
    }  # fmt: skip
    assert all(each["set"] for each in template["connection"]["values"].values())


@pytest.mark.usefixtures("tenants")
def test_what_is_no_input_any_more_is_not_read_back(functions: Functions) -> None:
    template = made(create(functions))
    plain = [{"key": "oauth2", "label": "Plain", "inputs": {"other": {"type": "string"}}}]
    for connections in (plain, [{**plain[0], "key": "another"}]):
        document = {"key": "oauth", "label": "OAuth", "connections": connections}
        made(functions.call("PUT", "/components/oauth", json=document))

        read = made(functions.call("GET", path_of(template)))

        assert SECRET not in str(read)
        assert read["templatedInputs"] == ["clientId", "clientSecret"]


@pytest.mark.usefixtures("tenants")
def test_a_name_is_one_templates(functions: Functions) -> None:
    create(functions)

    taken = create(functions)

    assert (taken.status, taken.json["code"]) == (409, "name-taken")
    assert create(functions, name="our app").status == 201


@pytest.mark.usefixtures("tenants")
def test_the_same_idempotency_key_returns_the_same_template(functions: Functions) -> None:
    first, second = create(functions, "order-01"), create(functions, "order-01")

    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    other = create(functions, "order-01", name="Another")
    assert (other.status, other.json["code"]) == (409, "idempotency-key-reused")


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": ""}, "#/name"),
        ({"name": " a"}, "#/name"),
        ({"name": "a\n"}, "#/name"),
        ({"name": "n" * 101}, "#/name"),
        ({"name": None}, "#/name"),
        ({"shared": "yes"}, "#/shared"),
        ({"other": 1}, "#/other"),
        ({"connection": {**OAUTH, "component": "none"}}, "#/connection/component"),
        ({"connection": {**OAUTH, "key": "none"}}, "#/connection/key"),
        ({"connection": {**OAUTH, "values": {}}}, "#/connection/values"),
        (
            {"connection": {**OAUTH, "values": {"clientId": None}}},
            "#/connection/values/clientId",
        ),
        ({"connection": {**OAUTH, "values": {"scopes": ""}}}, "#/connection/values/scopes"),
        ({"connection": {**OAUTH, "values": {"a/b": SECRET}}}, "#/connection/values/a~1b"),
        (
            {"connection": {**OAUTH, "values": {"tokenUrl": f"http://{SECRET}.example"}}},
            "#/connection/values/tokenUrl",
        ),
    ],
)
def test_what_makes_no_template_is_pointed_at(
    aws: Aws, functions: Functions, changes: dict[str, Any], pointer: str
) -> None:
    before = aws.items("Definitions")

    assert pointers(create(functions, **changes)) == [pointer]

    assert aws.items("Definitions") == before


@pytest.mark.usefixtures("tenants")
def test_a_merge_patch_changes_what_it_names(functions: Functions) -> None:
    template = made(create(functions))

    values = {"scopes": "read", "clientSecret": None}
    changed = made(patch(functions, template, connection={"values": values}))

    assert changed["templatedInputs"] == ["clientId", "scopes"]
    assert changed["connection"]["values"]["scopes"] == {"value": "read", "set": True}
    assert datetime.fromisoformat(changed["updatedAt"]) > datetime.fromisoformat(
        template["updatedAt"]
    )
    renamed = made(patch(functions, template, name="Another", shared=True))
    assert (renamed["name"], renamed["shared"]) == ("Another", True)
    assert renamed["connection"] == changed["connection"]
    assert functions.call("GET", path_of(template)).json == renamed
    assert made(patch(functions, template)) == renamed


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": None}, "#/name"),
        ({"shared": None}, "#/shared"),
        ({"connection": None}, "#/connection"),
        ({"connection": {"key": "oauth2"}}, "#/connection/key"),
        ({"connection": {"values": {"none": SECRET}}}, "#/connection/values/none"),
        (
            {"connection": {"values": {"clientId": None, "clientSecret": None}}},
            "#/connection/values",
        ),
    ],
)
def test_what_no_template_can_become_is_pointed_at(
    functions: Functions, changes: dict[str, Any], pointer: str
) -> None:
    template = made(create(functions))

    assert pointers(patch(functions, template, **changes)) == [pointer]

    assert functions.call("GET", path_of(template)).json == template


@pytest.mark.usefixtures("tenants")
def test_a_template_that_is_published_is_locked(aws: Aws, functions: Functions) -> None:
    template = made(create(functions))
    refer(aws, template, DRAFT)
    refer(aws, template, VERSION, publish_at=1)

    for changes in ({"name": "Another"}, {"connection": {"values": {"clientId": "other"}}}):
        refused = patch(functions, template, **changes)
        assert (refused.status, refused.json["code"]) == (409, "template-locked")
        assert refused.json["detail"] == (
            f'It is used by version 10 of "Sync" ({INTEGRATION}). Make another template, and refer'
            " to that."
        )
    shared = made(patch(functions, template, shared=True))

    assert (shared["shared"], shared["locked"]) == (True, True)
    assert shared["usedBy"] == [
        {"kind": "version", "id": INTEGRATION, "name": "Sync", "version": 10},
        {"kind": "draft", "id": INTEGRATION, "name": "Sync", "version": None},
    ]


@pytest.mark.usefixtures("tenants")
def test_a_template_that_is_published_while_it_is_changed_stays(
    aws: Aws, functions: Functions, sent: Sent
) -> None:
    template = made(create(functions))
    before = functions.call("GET", path_of(template)).json
    sent.anew().meanwhile["TransactWriteItems"] = lambda: refer(
        aws, template, VERSION, publish_at=1
    )

    refused = patch(functions, template, connection={"values": {"clientId": "other"}})

    assert (refused.status, refused.json["code"]) == (409, "template-locked")
    after = functions.call("GET", path_of(template)).json
    assert (after["connection"], after["locked"]) == (before["connection"], True)


@pytest.mark.usefixtures("tenants")
def test_of_two_changes_at_once_both_are_made(aws: Aws, functions: Functions, sent: Sent) -> None:
    template = made(create(functions))

    def another() -> None:
        made(patch(functions, template, connection={"values": {"scopes": "first"}}))

    sent.anew().meanwhile["TransactWriteItems"] = another
    changed = made(patch(functions, template, connection={"values": {"clientId": "second"}}))

    told = {name: each["value"] for name, each in changed["connection"]["values"].items()}
    assert told == {"clientId": "second", "clientSecret": None, "scopes": "first"}


@pytest.mark.usefixtures("tenants")
def test_a_template_in_use_is_neither_renamed_nor_deleted(aws: Aws, functions: Functions) -> None:
    template = made(create(functions))
    refer(aws, template, DRAFT)

    for refused in (
        patch(functions, template, name="Another"),
        functions.call("DELETE", path_of(template)),
    ):
        assert (refused.status, refused.json["code"]) == (409, "in-use")
        assert refused.json["detail"] == f'It is used by the draft of "Sync" ({INTEGRATION}).'
    assert functions.call("GET", path_of(template)).status == 200


@pytest.mark.usefixtures("tenants")
def test_a_deleted_template_is_gone_with_its_name(aws: Aws, functions: Functions) -> None:
    before = len(aws.items("Definitions"))
    template = made(create(functions))

    deleted = functions.call("DELETE", path_of(template))

    assert (deleted.status, deleted.body) == (204, "")
    assert len(aws.items("Definitions")) == before
    for method, content in (("GET", None), ("PATCH", {"shared": True}), ("DELETE", None)):
        answer = functions.call(method, path_of(template), json=content)
        assert (answer.status, answer.json["detail"]) == (
            404,
            "There is no such connection template.",
        )
    assert create(functions).status == 201


@pytest.mark.usefixtures("tenants")
def test_templates_are_listed_newest_first_by_component_and_connection(
    functions: Functions,
) -> None:
    plain = {"component": "plain", "key": "apiKey", "values": {"host": SECRET}}
    for name, connection in (("a", OAUTH), ("b", plain), ("c", OAUTH)):
        create(functions, name=name, connection=connection)

    def listed(**query: str) -> Answer:
        return functions.call("GET", "/connection-templates", query=query)

    assert names(listed()) == ["c", "b", "a"]
    assert names(listed(component="oauth")) == ["c", "a"]
    assert names(listed(component="plain", connection="apiKey")) == ["b"]
    assert names(listed(connection="none")) == []
    first = listed(limit="2")
    assert names(first) == ["c", "b"]
    assert names(listed(limit="2", cursor=first.json["nextCursor"])) == ["a"]
    assert pointers(listed(cursor="x")) == ["#/query/cursor"]
    item = first.json["items"][1]
    assert SECRET not in str(item)
    assert sorted(item) == sorted(
        ["id", "name", "connection", "templatedInputs", "shared", "locked", "createdAt",
         "updatedAt"]
    )  # fmt: skip


@pytest.mark.parametrize("role", ["user", "admin"])
def test_customers_see_what_is_shared_and_none_of_its_values(tenants: Tenants, role: str) -> None:
    token = tenants.token(role=role)
    shared = made(create(tenants.functions, shared=True))
    hidden = made(create(tenants.functions, name="Hidden"))

    read = tenants.call(token, "GET", path_of(shared))
    listed = tenants.call(token, "GET", "/connection-templates")
    filtered = tenants.call(token, "GET", "/connection-templates", query={"component": "plain"})
    refused = [
        tenants.call(token, "GET", path_of(hidden)),
        tenants.call(token, "GET", path_of({"id": "tpl_" + "0" * 26})),
    ]
    written = [
        tenants.call(token, "POST", "/connection-templates", json={"name": "Mine"}),
        tenants.call(token, "PATCH", path_of(shared), json={"name": "Mine"}),
        tenants.call(token, "DELETE", path_of(shared)),
    ]

    seen = {
        "id": shared["id"],
        "name": "Our app",
        "connection": {"component": "oauth", "key": "oauth2"},
        "templatedInputs": ["clientId", "clientSecret"],
    }
    assert made(read) == seen
    assert made(listed) == {"items": [seen], "nextCursor": None}
    assert made(filtered)["items"] == []
    assert [each.status for each in refused] == [404, 404]
    assert refused[0].body == refused[1].body
    assert [each.status for each in written] == [403, 403, 403]
    answers = [read, listed, filtered, *refused, *written]
    assert not [each for each in answers if SECRET in each.body]


@pytest.mark.usefixtures("tenants")
def test_changes_stand_in_the_audit(functions: Functions) -> None:
    template = made(create(functions))
    patch(functions, template, shared=True)
    functions.call("DELETE", path_of(template))

    items = made(functions.call("GET", "/audit"))["items"][:3]

    assert [(each["action"], each["target"]) for each in items] == [
        (f"connection-template.{done}", template["id"])
        for done in ("deleted", "changed", "created")
    ]
    assert SECRET not in str(items)


@pytest.mark.usefixtures("tenants")
def test_what_is_asked_of_the_storage(functions: Functions, sent: Sent) -> None:
    template = made(create(functions))

    def asked(method: str, path: str, content: Any = None) -> list[str]:
        sent.anew()
        answer = functions.call(method, path, json=content)
        assert answer.status < 300, answer.body
        return list(sent.operations)

    asked("GET", path_of(template))  # the branch key is had from now on
    # The template and the component; to change it that as often again, and what refers to it.
    assert asked("GET", path_of(template)) == ["GetItem", "GetItem", "Query"]
    assert asked("GET", "/connection-templates") == ["Query", "BatchGetItem"]
    change = {"connection": {"values": {"clientId": "b"}}}
    assert asked("PATCH", path_of(template), change) == [
        "GetItem", "GetItem", "TransactWriteItems", "GetItem", "Query", "PutItem",
    ]  # fmt: skip
    assert asked("DELETE", path_of(template)) == ["GetItem", "TransactWriteItems", "PutItem"]
