"""The examples work, and need nothing but what integration code imports."""

import ast
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from connections_sdk.definitions import Component
from connections_sdk.integration_texts import read_integration, written

ROOT = Path(__file__).parent.parent.parent.parent
EXAMPLES = ROOT / "docs" / "examples"
SDK = ROOT / "layers" / "sdk" / "python"


def test_the_integration_is_the_same_in_yaml_and_in_python() -> None:
    built = runpy.run_path(str(EXAMPLES / "sync_contacts.py"))["SYNC_CONTACTS"]
    text = (EXAMPLES / "sync_contacts.yaml").read_text()
    read = read_integration(text)

    assert read.integration == built
    assert read.notes == ()
    said = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert written(built).splitlines() == said


def test_nobody_is_asked_for_client_id_and_secret_which_templates_fill() -> None:
    path = EXAMPLES / "sync_contacts.py"
    filled = {
        str(ast.literal_eval(call.args[0])): {
            each.value
            for word in call.keywords
            if isinstance(word.value, ast.Dict)
            for each in word.value.keys
            if isinstance(each, ast.Constant)
        }
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "connection_template"
    }
    built = runpy.run_path(str(path))["SYNC_CONTACTS"]

    used = [each.connection.template for each in built.variables.values()]
    assert sorted(used) == sorted(filled)
    assert list(filled.values()) == [{"clientId", "clientSecret"}] * 2


def test_the_component_has_an_oauth_connection_and_one_with_a_key() -> None:
    built = runpy.run_path(str(EXAMPLES / "acme_crm.py"))["ACME_CRM"]

    assert [each.oauth2_type for each in built.connections] == ["authorization_code", None]
    assert Component.model_validate(built.document()) == built


def test_a_file_in_the_form_of_elsewhere_is_read_with_notes() -> None:
    read = read_integration((EXAMPLES / "legacy_form.yaml").read_text())
    variable = read.integration.variables["Salesforce Connection"]

    assert variable.connection.component == "salesforce"
    assert {name: each.visibility for name, each in variable.connection.values.items()} == {
        "clientId": "organization",
        "clientSecret": "embedded",
        "scopes": "embedded",
        "headers": None,
    }
    assert [step.config_variable for step in read.integration.steps] == [
        None, None, "Salesforce Connection",
    ]  # fmt: skip
    assert "#/definitionVersion" in [each.pointer for each in read.notes]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_imports_the_sdk_alone(path: Path) -> None:
    imports = [each for each in ast.walk(ast.parse(path.read_text()))
               if isinstance(each, ast.Import | ast.ImportFrom)]  # fmt: skip
    names = {
        each.module if isinstance(each, ast.ImportFrom) else each.names[0].name for each in imports
    }

    assert {str(name).partition(".")[0] for name in names} <= {"connections_sdk", "os"}


@pytest.mark.parametrize("module", ["definitions", "integrations", "builders"])
def test_documents_need_neither_an_http_client_nor_yaml(module: str) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(SDK)!r}); import connections_sdk.{module};"
        " sys.exit(bool({'httpx', 'yaml'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
