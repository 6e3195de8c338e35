"""The closed sets that others rely on: errors, events, regions, lifetimes."""

import re
from dataclasses import is_dataclass
from datetime import timedelta
from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules

import pytest

import connections.domain
from connections.domain import errors
from connections.domain.errors import (
    CallerError,
    ConnectionsError,
    EndUserError,
    InvalidRequest,
    OperatorError,
    Problem,
    Unavailable,
)
from connections.domain.failure import FailureKind
from connections.domain.flow import AUTHORIZATION_LIFETIME, FLOW_LIFETIME
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.domain.regions import REGIONS, Region
from tests.builders import CONNECTION, NOW, a_flow

ERRORS = [error for _, error in getmembers(errors, isclass) if issubclass(error, ConnectionsError)]
WITH_CODE = {error.__name__: error.code for error in ERRORS if hasattr(error, "code")}


def test_the_code_of_each_error_is_stable() -> None:
    assert WITH_CODE == {
        "InvalidRequest": "invalid-request",
        "Unauthenticated": "unauthenticated",
        "Forbidden": "forbidden",
        "NotFound": "not-found",
        "Conflict": "conflict",
        "IdempotencyKeyReused": "idempotency-key-reused",
        "ExternalIdTaken": "external-id-taken",
        "CustomerBeingDeleted": "customer-being-deleted",
        "BuiltInComponent": "built-in-component",
        "TooMany": "too-many",
        "NameTaken": "name-taken",
        "InUse": "in-use",
        "TemplateLocked": "template-locked",
        "ConfigurationIncomplete": "configuration-incomplete",
        "NotOAuth": "not-an-oauth-connection",
        "NoConsent": "no-consent",
        "NotConnected": "not-connected",
        "ReconnectRequired": "reconnect-required",
        "NoRefreshToken": "no-refresh-token",
        "ProviderRefused": "provider-refused",
        "Misconfigured": "misconfigured",
        "Unavailable": "unavailable",
    }


def test_each_code_is_of_one_error_and_in_kebab_case() -> None:
    assert len(set(WITH_CODE.values())) == len(WITH_CODE)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in WITH_CODE.values())


@pytest.mark.parametrize("error", [each for each in ERRORS if each.__name__ in WITH_CODE])
def test_each_error_says_who_must_act(error: type[ConnectionsError]) -> None:
    actors = [CallerError, EndUserError, OperatorError, Unavailable]

    assert len([actor for actor in actors if issubclass(error, actor)]) == 1


@pytest.mark.parametrize(
    ("actor", "names"),
    [
        (
            CallerError,
            {
                "InvalidRequest", "Unauthenticated", "Forbidden", "NotFound", "Conflict",
                "IdempotencyKeyReused", "ExternalIdTaken", "CustomerBeingDeleted",
                "BuiltInComponent", "TooMany", "NotOAuth", "NoConsent", "NameTaken", "InUse",
                "TemplateLocked", "ConfigurationIncomplete",
            },
        ),
        (EndUserError, {"NotConnected", "ReconnectRequired", "NoRefreshToken"}),
        (OperatorError, {"ProviderRefused", "Misconfigured"}),
    ],
)  # fmt: skip
def test_errors_stand_under_who_must_act(actor: type[Exception], names: set[str]) -> None:
    assert {each.__name__ for each in ERRORS if issubclass(each, actor) and each != actor} == names


def test_an_invalid_request_names_its_problems() -> None:
    problems = [Problem("#/name", "is required"), Problem("#/key", "is unknown")]

    error = InvalidRequest("Look again.", problems)

    assert (str(error), error.problems) == ("Look again.", tuple(problems))


def test_an_invalid_request_may_name_no_problem() -> None:
    assert InvalidRequest("Look again.").problems == ()


def test_unavailable_says_when_to_try_again() -> None:
    assert Unavailable("Wait.").retry_after == 1
    assert Unavailable("Wait.", retry_after=17).retry_after == 17
    assert str(Unavailable("Wait.")) == "Wait."


def test_the_events_of_the_log_are_stable() -> None:
    assert {event.value for event in Event} == {
        "connection.created", "connection.changed", "authorization.started",
        "authorization.refused", "authorization.failed", "authorization.expired",
        "callback.rejected", "connection.connected", "connection.account-changed",
        "refresh.succeeded", "refresh.failed", "connection.expiring", "connection.unauthorized",
        "refresh.reconnect-required", "connection.disconnected", "revocation.succeeded",
        "revocation.failed",
    }  # fmt: skip
    assert [severity.value for severity in Severity] == ["info", "warning", "error"]


def test_a_log_entry_needs_no_provider() -> None:
    entry = LogEntry(
        connection_id=CONNECTION,
        at=NOW,
        event=Event.CREATED,
        severity=Severity.INFO,
        detail="It was created.",
    )

    assert (entry.http_status, entry.provider_error, entry.authorization_id) == (None, None, None)


def test_the_classes_of_failure_are_stable() -> None:
    assert [kind.value for kind in FailureKind] == ["grant", "client", "wait", "unknown"]


MODULES = [
    import_module(module.name)
    for module in iter_modules(connections.domain.__path__, "connections.domain.")
]
VALUES = {
    value for module in MODULES for _, value in getmembers(module, isclass) if is_dataclass(value)
}


def test_no_value_of_the_domain_can_be_changed_or_extended() -> None:
    assert len(VALUES) > 10
    for value in VALUES:
        assert value.__dict__["__dataclass_params__"].frozen
        assert "__slots__" in value.__dict__


def test_an_offer_lasts_an_hour_and_a_flow_ten_minutes() -> None:
    assert timedelta(hours=1) == AUTHORIZATION_LIFETIME
    assert timedelta(minutes=10) == FLOW_LIFETIME


def test_neither_verifier_nor_inputs_are_in_the_representation_of_a_flow() -> None:
    shown = repr(a_flow(code_verifier="the-verifier"))

    assert "the-verifier" not in shown
    assert "the-secret" not in shown


def test_the_default_region_has_the_short_address() -> None:
    assert REGIONS[0] == Region("us-east-2", "US Commercial")
    assert REGIONS[0].url("connections.example") == "https://oauth2.connections.example"


def test_every_other_region_has_its_own_address() -> None:
    assert [region.url("connections.example") for region in REGIONS[1:]] == [
        "https://oauth2.us-gov-west-1.connections.example",
        "https://oauth2.eu-west-1.connections.example",
        "https://oauth2.eu-west-2.connections.example",
        "https://oauth2.ca-central-1.connections.example",
        "https://oauth2.ap-southeast-2.connections.example",
    ]


def test_every_region_has_the_name_that_people_know() -> None:
    assert [region.name for region in REGIONS] == [
        "US Commercial", "US GovCloud", "Ireland", "London", "Canada", "Sydney",
    ]  # fmt: skip
