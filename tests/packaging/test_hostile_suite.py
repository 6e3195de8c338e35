"""The hostile suite is whole: as many tests as promised, of every category, and none left out."""

import ast
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.hostile.canary import Canary

ROOT = Path(__file__).resolve().parent.parent.parent
SUITE = ROOT / "tests" / "hostile"
LEAST_TESTS = 120
CATEGORIES = {
    "state missing, unknown, tampered, expired, replayed, of another customer or browser": "state",
    "a raced double callback": "raced_callback",
    "code and error together; neither": "code_and_error",
    "repeated parameters": "repeated_parameters",
    "wrong, missing and downgraded iss": "issuer",
    "mix-up between two servers": "mix_up",
    "PKCE missing or wrong at the server": "pkce",
    "consent refused": "refused_consent",
    "each token error at exchange": "token_errors_at_exchange",
    "each token error at refresh": "token_errors_at_refresh",
    "malformed, empty, huge, HTML, gzip-bombed, redirecting answers": "answers_at_exchange",
    "the same at refresh": "answers_at_refresh",
    "slow answers": "slow_answers",
    "scope narrower, wider, omitted": "scopes",
    "open redirect attempts in return and success URIs": "open_redirects",
    "host injection through every templated input": "host_injection",
    "SSRF by literal, DNS, redirect, IPv6, decimal and octal forms": "forbidden_addresses",
    "header and query size": "sizes",
    "unicode and %00": "odd_characters",
    "a victim opening an attacker's link": "attackers_links",
    "secrets in any output": "secrets_in_output",
}
"""What the suite is about, and the module that has it."""
LEDGERS = ("token_requests", "nothing_began")
"""What tells a test what a server saw; the second calls the first."""
MODULES = sorted(SUITE.glob("test_*.py"))


def functions(module: Path) -> list[ast.FunctionDef]:
    """Return a module's test functions."""
    found = ast.parse(module.read_text()).body
    return [
        each for each in found if isinstance(each, ast.FunctionDef) and each.name[:5] == "test_"
    ]


def test_every_category_has_its_module_and_every_module_its_category() -> None:
    assert [each.stem.removeprefix("test_") for each in MODULES] == sorted(CATEGORIES.values())


def test_there_are_as_many_tests_as_promised_and_some_of_each_category() -> None:
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "--quiet", str(SUITE)],
        cwd=ROOT,
        env={name: each for name, each in os.environ.items() if not name.startswith("PYTEST_")},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.findall(r"^tests/hostile/test_(\w+)\.py: (\d+)$", collected, re.MULTILINE)
    counts = Counter({name: int(count) for name, count in found})

    assert counts.keys() == set(CATEGORIES.values())
    assert counts.total() >= LEAST_TESTS


@pytest.mark.parametrize("module", MODULES, ids=lambda each: each.stem)
def test_no_test_is_left_out_and_each_asserts_on_a_ledger(module: Path) -> None:
    text = module.read_text()
    assert not re.search(r"\.(skip|skipif|xfail|importorskip)\b", text)
    for function in functions(module):
        names = {each.id for each in ast.walk(function) if isinstance(each, ast.Name)}
        assert names & set(LEDGERS), function.name


def test_the_canary_counts_whoever_connects(socket_enabled: None) -> None:
    canary = Canary()
    before = canary.connections

    for _ in range(2):
        socket.create_connection(("127.0.0.1", canary.port)).close()

    assert (before, canary.connections) == (0, 2)
    canary.stop()
