"""The template and the code say the same: handlers, settings, log groups, what is imported."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from connections.application.revoke import FIRST_DELAY, TRIES
from connections.application.schedule_refreshes import LEAST_TIME
from connections.domain.refresh import RESCUE_PATIENCE
from connections.domain.regions import REGIONS
from connections.entrypoints import (
    authorize,
    callback,
    credentials,
    delete_connections,
    lapse_flows,
    management,
    refreshing,
    revoke_tokens,
    schedule_refreshes,
)
from connections.entrypoints.settings import Settings

ROOT = Path(__file__).parent.parent.parent
TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}
SETTINGS: dict[str, type[Settings]] = {
    "ManagementFunction": management.ManagementSettings,
    "AuthorizeFunction": authorize.AuthorizeSettings,
    "CallbackFunction": callback.CallbackSettings,
    "LapseFlowsFunction": lapse_flows.LapsingSettings,
    "CredentialsFunction": credentials.CredentialsSettings,
    "ScheduleRefreshesFunction": schedule_refreshes.ScheduleSettings,
    "RefreshConnectionsFunction": refreshing.RefreshingSettings,
    "DeleteConnectionsFunction": delete_connections.DeletingSettings,
    "RevokeTokensFunction": revoke_tokens.RevokingSettings,
}
OF_THE_PLATFORM = {"AWS_REGION"}
each_function = pytest.mark.parametrize("function", sorted(FUNCTIONS))


def test_every_function_is_known_here() -> None:
    assert set(FUNCTIONS) == set(SETTINGS)


@each_function
def test_a_function_is_given_exactly_the_settings_it_reads(function: str) -> None:
    given = set(FUNCTIONS[function]["Environment"]["Variables"])
    read = {str(field.alias) for field in SETTINGS[function].model_fields.values()}
    assert given == read - OF_THE_PLATFORM


@each_function
def test_a_function_folder_holds_the_handler_and_nothing_that_would_shadow_the_layers(
    function: str,
) -> None:
    folder = ROOT / FUNCTIONS[function]["CodeUri"]
    assert [path.name for path in folder.iterdir() if path.name != "__pycache__"] == ["handler.py"]
    assert "def handler(event: dict[str, Any], context: Any)" in (folder / "handler.py").read_text()


@each_function
def test_a_function_writes_to_a_log_group_of_its_own_that_forgets(function: str) -> None:
    group = FUNCTIONS[function]["LoggingConfig"]["LogGroup"]["Ref"]
    assert group == function.removesuffix("Function") + "Logs"
    assert RESOURCES[group]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@each_function
def test_a_function_may_do_nothing_to_everything(function: str) -> None:
    for policy in FUNCTIONS[function]["Policies"]:
        for statement in policy["Statement"]:
            # A condition may say how the keys begin that it narrows the statement to.
            said = {name: each for name, each in statement.items() if name != "Condition"}
            assert "*" not in json.dumps(said)


def test_only_functions_that_must_see_tokens_reach_their_table() -> None:
    reaching = {
        name
        for name, properties in FUNCTIONS.items()
        if "Tokens.Arn" in json.dumps(properties["Policies"])
        or '"Tokens"' in json.dumps(properties["Policies"])
    }
    assert reaching == {
        "CallbackFunction",
        "CredentialsFunction",
        "RefreshConnectionsFunction",
        "DeleteConnectionsFunction",
    }


def test_the_function_that_deletes_can_open_nothing() -> None:
    assert "kms:" not in json.dumps(FUNCTIONS["DeleteConnectionsFunction"]["Policies"])
    assert "BranchKeys" not in json.dumps(FUNCTIONS["DeleteConnectionsFunction"])


def test_the_function_that_says_who_did_not_come_back_can_open_nothing() -> None:
    assert "kms:" not in json.dumps(FUNCTIONS["LapseFlowsFunction"]["Policies"])


def test_what_is_throttled_by_route_is_a_route() -> None:
    routes = {
        f"{event['Properties']['Method']} {event['Properties']['Path']}"
        for properties in FUNCTIONS.values()
        for event in properties["Events"].values()
        if event["Type"] == "HttpApi"
    }
    limits = RESOURCES["HttpApi"]["Properties"]["RouteSettings"]
    assert set(limits) <= routes
    usual = RESOURCES["HttpApi"]["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"]
    above = {name for name, each in limits.items() if each["ThrottlingRateLimit"] > usual}
    assert above == {
        "GET /connections/{connection}/credentials",
        "GET /instances/{instance}/credentials",
    }


def test_the_audit_can_be_added_to_and_in_no_way_changed() -> None:
    allowed = {
        action
        for properties in FUNCTIONS.values()
        for policy in properties["Policies"]
        for statement in policy["Statement"]
        if '"Audit.Arn"' in json.dumps(statement["Resource"])
        or '["Audit", "Arn"]' in json.dumps(statement["Resource"])
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    }
    assert allowed == {"dynamodb:PutItem", "dynamodb:Query"}


@pytest.mark.parametrize(
    "table", [name for name, each in RESOURCES.items() if each["Type"] == "AWS::DynamoDB::Table"]
)
def test_a_table_survives_mistakes(table: str) -> None:
    resource = RESOURCES[table]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = resource["Properties"]
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_every_queue_that_feeds_a_function_has_dead_letters_and_waits_long_enough() -> None:
    fed = {
        event["Properties"]["Queue"]["Fn::GetAtt"][0]: properties["Timeout"]
        for properties in FUNCTIONS.values()
        for event in properties["Events"].values()
        if event["Type"] == "SQS"
    }
    assert set(fed) == {
        "RefreshesQueue", "RescuesQueue", "RevocationsQueue", "DeletionsQueue", "LapsesQueue",
    }  # fmt: skip
    for queue, timeout in fed.items():
        properties = RESOURCES[queue]["Properties"]
        if queue != "RescuesQueue":
            assert properties["VisibilityTimeout"] == 6 * timeout
        dead_letters = properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert RESOURCES[dead_letters]["Type"] == "AWS::SQS::Queue"


def test_a_rescue_comes_again_before_a_claim_that_was_left_is_not_respected_any_more() -> None:
    """Six times the timeout would be too late; alone in its batch, it needs no more than one."""
    queue = RESOURCES["RescuesQueue"]["Properties"]
    function = FUNCTIONS["RefreshConnectionsFunction"]

    assert function["Timeout"] < queue["VisibilityTimeout"] < RESCUE_PATIENCE.total_seconds()
    assert function["Events"]["Rescues"]["Properties"]["BatchSize"] == 1


def test_a_revocation_is_tried_alone_and_as_often_as_the_function_counts() -> None:
    redrive = RESOURCES["RevocationsQueue"]["Properties"]["RedrivePolicy"]
    assert redrive["maxReceiveCount"] == TRIES
    events = FUNCTIONS["RevokeTokensFunction"]["Events"]
    assert events["Revocations"]["Properties"]["BatchSize"] == 1
    # A message does not come while somebody still waits for the try at once.
    assert FUNCTIONS["CredentialsFunction"]["Timeout"] < FIRST_DELAY.total_seconds()


def test_the_schedule_comes_every_minute_and_ends_before_the_next() -> None:
    properties = FUNCTIONS["ScheduleRefreshesFunction"]
    assert properties["Events"]["EveryMinute"]["Properties"] == {"Schedule": "rate(1 minute)"}
    assert LEAST_TIME.total_seconds() < properties["Timeout"] < 60


def test_the_configuration_has_a_section_for_every_region() -> None:
    sections = tomllib.loads((ROOT / "samconfig.toml").read_text())
    sections.pop("version")
    regions = [region.region for region in REGIONS]
    assert list(sections) == regions
    for region in regions:
        assert sections[region]["deploy"]["parameters"]["region"] == region


UNWANTED = {
    "schedule_refreshes": {
        "httpx",
        "authlib",
        "aws_encryption_sdk",
        "aws_lambda_powertools.event_handler",
    },
    "management": {"httpx", "connections.application.refresh"},
    "authorize": {"connections.application.refresh"},
    "refresh_connections": {"aws_lambda_powertools.event_handler.openapi"},
    "credentials": {"connections.application.create_connection", "joserfc"},
}


@pytest.mark.parametrize("module", UNWANTED)
def test_a_function_imports_nothing_that_only_others_need(module: str) -> None:
    paths = [str(ROOT / "layers" / layer / "python") for layer in ("connections", "sdk")]
    script = (
        f"import sys, json; sys.path[:0] = {paths!r}\n"
        f"import connections.entrypoints.{module}; print(json.dumps(list(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert UNWANTED[module] & set(json.loads(answer.stdout)) == set()
