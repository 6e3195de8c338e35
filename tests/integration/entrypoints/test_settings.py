"""What a function is not told fails its start, by name, and not its first use."""

import pytest

from connections.entrypoints.authorize import AuthorizeSettings
from connections.entrypoints.callback import CallbackSettings
from connections.entrypoints.credentials import CredentialsSettings
from connections.entrypoints.delete_connections import DeletingSettings
from connections.entrypoints.lapse_flows import LapsingSettings
from connections.entrypoints.management import ManagementSettings
from connections.entrypoints.refreshing import RefreshingSettings
from connections.entrypoints.revoke_tokens import RevokingSettings
from connections.entrypoints.schedule_refreshes import ScheduleSettings
from connections.entrypoints.settings import Settings
from tests.integration.aws import TEMPLATE
from tests.integration.entrypoints.calls import FUNCTIONS, Functions, forget

SETTINGS: dict[str, type[Settings]] = {
    "ManagementFunction": ManagementSettings,
    "AuthorizeFunction": AuthorizeSettings,
    "CallbackFunction": CallbackSettings,
    "CredentialsFunction": CredentialsSettings,
    "ScheduleRefreshesFunction": ScheduleSettings,
    "RefreshConnectionsFunction": RefreshingSettings,
    "RevokeTokensFunction": RevokingSettings,
    "DeleteConnectionsFunction": DeletingSettings,
    "LapseFlowsFunction": LapsingSettings,
}


def told(function: str) -> list[str]:
    return list(TEMPLATE["Resources"][function]["Properties"]["Environment"]["Variables"])


def given() -> dict[str, str]:
    """Return a whole environment of the callback function."""
    return {**dict.fromkeys(told("CallbackFunction"), "x"), "AUDIT_DAYS": "400"}


CASES = [(function, name) for function in sorted(FUNCTIONS) for name in told(function)]


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_is_told_what_it_asks_for_and_no_more(function: str) -> None:
    asked = {field.alias for field in SETTINGS[function].model_fields.values()}

    assert asked - {"AWS_REGION"} == set(told(function))


@pytest.mark.parametrize(("function", "name"), CASES)
def test_a_missing_variable_fails_the_start_and_is_named(
    functions: Functions, function: str, name: str
) -> None:
    forget()

    with pytest.raises(ValueError, match=rf"\b{name}\b[\s\S]*Field required"):
        functions.start(function, without=name)


@pytest.mark.parametrize(
    "name", ["CONNECTIONS_TABLE", "TOKENS_TABLE", "BRANCH_KEYS_TABLE", "SEALING_KEY_ARN"]
)
def test_an_empty_variable_is_a_missing_one(name: str) -> None:
    environment = given()

    with pytest.raises(ValueError, match=name):
        CallbackSettings.read({**environment, name: ""})


@pytest.mark.parametrize("days", ["0", "-1", "", "many", "1.5"])
def test_the_audit_is_kept_for_whole_days(days: str) -> None:
    with pytest.raises(ValueError, match="AUDIT_DAYS"):
        CallbackSettings.read({**given(), "AUDIT_DAYS": days})


def test_no_development_host_is_the_rule() -> None:
    environment = {**given(), "DEVELOPMENT_HOSTS": ""}

    assert CallbackSettings.read(environment).development_hosts.development == frozenset()


def test_development_hosts_are_named_one_by_one() -> None:
    environment = given()

    settings = CallbackSettings.read({**environment, "DEVELOPMENT_HOSTS": "localhost:1, b:2"})

    assert settings.development_hosts.development == {"localhost:1", "b:2"}


def test_hosts_that_were_read_already_are_taken_as_they_are() -> None:
    environment = given()
    hosts = CallbackSettings.read(environment).development_hosts

    settings = CallbackSettings.model_validate({**environment, "DEVELOPMENT_HOSTS": hosts})

    assert settings.development_hosts is hosts
