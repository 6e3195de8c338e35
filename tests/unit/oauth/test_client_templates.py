"""The OAuth client whose URLs are templates: filled in, or refused when they are used."""

import pytest

from connections.domain.errors import Misconfigured
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Issuance
from connections.oauth.client import OAuthClient
from connections.oauth.stored_definitions import definition_of
from tests.hostile_values import HOSTILE
from tests.templated import SHOP_VALUES, a_shop_definition

URLS = ["authorize_url", "token_url", "refresh_url", "revoke_url"]


def a_client(**values: object) -> OAuthClient:
    definition = a_shop_definition(refreshUrl={"type": "template", "default": ""})
    return OAuthClient.of(Issuance(definition=definition, values={**SHOP_VALUES, **values}))


def test_all_urls_are_filled_in() -> None:
    client = a_client().checked()

    assert [getattr(client, name) for name in URLS] == [
        "https://eu.acme.example/authorize?x=1",
        "https://eu.acme.example/oauth/token",
        "https://eu.acme.example/oauth/token",
        "https://eu.acme.example/revoke",
    ]
    assert client.revokes


def test_a_template_that_was_entered_wins() -> None:
    client = a_client(refreshUrl="https://{{#shop}}.acme.example/refresh", revokeUrl="")

    assert client.refresh_url == "https://eu.acme.example/refresh"
    assert (client.revoke_url, client.revokes) == (None, False)


@pytest.mark.parametrize("value", [*HOSTILE, "", None, 5, ["eu"]])
def test_no_url_can_be_used_that_a_hostile_value_is_in(value: object) -> None:
    client = a_client(shop=value)

    for name in URLS:
        with pytest.raises(Misconfigured):
            getattr(client, name)
    with pytest.raises(Misconfigured) as refused:
        client.checked()
    assert refused.value.failure.kind is FailureKind.CLIENT
    assert "the value of shop" in str(refused.value)
    assert client.revokes


def test_a_url_that_cannot_be_used_leaves_the_others_as_they_are() -> None:
    client = a_client(authorizeUrl="https://{{#nobody}}/")

    assert client.token_url == "https://eu.acme.example/oauth/token"
    with pytest.raises(Misconfigured, match="the value of authorizeUrl must name inputs"):
        client.checked()


def test_what_is_told_says_what_is_wrong_and_what_to_do() -> None:
    with pytest.raises(Misconfigured) as refused:
        a_client(shop=5).checked()

    assert refused.value.failure == Failure(
        kind=FailureKind.CLIENT,
        explanation="the value of shop must be a string",
        remedy="Enter another value of shop.",
    )
    assert str(refused.value) == (
        "Nothing was sent: the value of shop must be a string. Enter another value of shop."
    )


def test_a_definition_that_breaks_a_rule_is_refused_without_quoting_it() -> None:
    broken = a_shop_definition(shop={"type": "hunter2"})

    for use in (definition_of, lambda each: OAuthClient.of(Issuance(definition=each, values={}))):
        with pytest.raises(Misconfigured, match="breaks a rule") as refused:
            use(broken)
        assert "hunter2" not in str(refused.value)
