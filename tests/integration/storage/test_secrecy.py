"""No secret is readable where it is stored or queued, and none opens under another record."""

import base64
import json
from typing import Any

import pytest

from connections.adapters.sealed_messages import parse_sealed_message
from connections.application.ports import SealBroken
from connections.domain.flow import Landing
from connections.domain.identifiers import ConnectionId, GrantId
from connections.oauth.digests import digest
from tests.builders import (
    CONNECTION,
    NOW,
    a_flow,
    a_grant,
    a_new_connection,
    a_token_set,
    an_issuance,
    some_inputs,
)
from tests.integration.storage.conftest import Adapters

OTHER = ConnectionId("con_00000000000000000000000002")
SECRETS = {
    "access": "access-token-of-ada",
    "refresh": "refresh-token-of-ada",
    "client": "client-secret-of-the-app",
    "verifier": "verifier-" + "v" * 50,
    "state": "the-state-of-the-flow",
    "browser": "the-browser-of-ada",
    "landing": "https://landing-of-ada.example/done",
    "name": "name-of-the-instance-of-ada",
    "plain-key": "api-key-declared-as-a-string",
}


def store_everything(adapters: Adapters) -> None:
    issuance = an_issuance({"clientSecret": SECRETS["client"], "key": SECRETS["plain-key"]})
    tokens = a_token_set(
        response={"access_token": SECRETS["access"]}, refresh_token=SECRETS["refresh"]
    )
    grant = a_grant(tokens=tokens, issuance=issuance)
    adapters.new_connections.add(a_new_connection(), some_inputs(values=issuance.values))
    adapters.flows.begin(
        a_flow(
            state_digest=digest(SECRETS["state"]),
            browser_digest=digest(SECRETS["browser"]),
            code_verifier=SECRETS["verifier"],
            issuance=issuance,
            landing=Landing(
                success_uri=SECRETS["landing"],
                failure_uri=SECRETS["landing"],
                parameters={"instanceName": SECRETS["name"]},
            ),
        )
    )
    adapters.tokens.begin(grant)
    adapters.states.connected(grant, NOW, NOW)
    adapters.tokens.succeed(grant.succeeded_by(tokens))
    adapters.revocations.send(grant)


def raw(adapters: Adapters) -> str:
    """Return all that is stored, byte for byte, with binary attributes as they are and decoded."""
    said: list[Any] = adapters.aws.messages("RevocationsQueue")
    for table in ("Definitions", "Connections", "Tokens", "BranchKeys"):
        said += adapters.aws.items(table)
    decoded = [
        value["B"]
        for item in said
        if isinstance(item, dict)
        for value in item.values()
        if "B" in value
    ]
    return repr(said) + repr(decoded)


def test_no_secret_is_readable_in_what_is_stored_or_queued(adapters: Adapters) -> None:
    store_everything(adapters)
    stored = raw(adapters)
    assert digest(SECRETS["state"]) in stored, "the search must look where things are"
    for name, secret in SECRETS.items():
        encoded = base64.b64encode(secret.encode()).decode().rstrip("=")[:-2]
        assert secret not in stored, name
        assert encoded not in stored, name
        assert secret.encode().hex() not in stored, name


def copy(adapters: Adapters, table: str, key: dict[str, str], **changes: str) -> None:
    """Copy an item under another key, as whoever could write to the table might."""
    client, name = adapters.aws.dynamodb, adapters.aws.names[table]
    found = client.get_item(TableName=name, Key={k: {"S": v} for k, v in key.items()})["Item"]
    client.put_item(TableName=name, Item={**found, **{k: {"S": v} for k, v in changes.items()}})


def test_tokens_copied_over_another_connections_do_not_open(adapters: Adapters) -> None:
    adapters.tokens.begin(a_grant())
    copy(adapters, "Tokens", {"pk": CONNECTION}, pk=OTHER)
    with pytest.raises(SealBroken):
        adapters.tokens.get(OTHER)
    assert adapters.tokens.get(CONNECTION) == a_grant()


@pytest.mark.parametrize("change", [{"grantId": {"S": "gra_other"}}, {"generation": {"N": "2"}}])
def test_tokens_put_under_another_grant_or_generation_do_not_open(
    adapters: Adapters, change: dict[str, Any]
) -> None:
    adapters.tokens.begin(a_grant())
    client, name = adapters.aws.dynamodb, adapters.aws.names["Tokens"]
    (item,) = adapters.aws.items("Tokens")
    client.put_item(TableName=name, Item={**item, **change})
    with pytest.raises(SealBroken):
        adapters.tokens.get(CONNECTION)


def test_inputs_copied_over_another_connections_do_not_open(adapters: Adapters) -> None:
    adapters.new_connections.add(a_new_connection(), some_inputs())
    adapters.new_connections.add(a_new_connection(id=OTHER), some_inputs(connection_id=OTHER))
    copy(adapters, "Connections", {"pk": CONNECTION, "sk": "inputs"}, pk=OTHER)
    with pytest.raises(SealBroken):
        adapters.connections.with_inputs(OTHER)
    with pytest.raises(SealBroken):
        adapters.readings.read(OTHER)


def test_a_flow_copied_under_another_state_does_not_open(adapters: Adapters) -> None:
    adapters.flows.begin(a_flow())
    key = {"pk": f"flow#{digest('the-state')}", "sk": "flow"}
    copy(adapters, "Connections", key, pk=f"flow#{digest('another')}")
    with pytest.raises(SealBroken):
        adapters.flows.take(digest("another"), NOW)


def test_a_revocation_message_opens_for_its_own_grant_only(adapters: Adapters) -> None:
    grant = a_grant()
    adapters.revocations.send(grant)
    (body,) = adapters.aws.messages("RevocationsQueue")
    assert parse_sealed_message(body, adapters.sealer) == grant
    forged = json.dumps({**json.loads(body), "grantId": GrantId("gra_other")})
    with pytest.raises(SealBroken):
        parse_sealed_message(forged, adapters.sealer)


def test_a_connection_reads_back_as_it_was_stored(adapters: Adapters) -> None:
    assert adapters.new_connections.add(a_new_connection(), some_inputs())
    assert adapters.connections.with_inputs(CONNECTION) == (a_new_connection(), some_inputs())
    assert adapters.readings.read(CONNECTION) == (some_inputs(), None)
