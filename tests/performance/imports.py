"""How long a function takes to start, beside the clients of AWS alone, and what it imports."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.integration.aws import CREDENTIALS, ROOT, TEMPLATE
from tests.integration.entrypoints.calls import FUNCTIONS

STARTS = 3
LARGEST_PARTS = 5
ROUTER = "aws_lambda_powertools.event_handler"
NOWHERE = frozenset({"moto", "pytest", "local", "tests"})
"""What no function needs."""
SEALING_KEY = "arn:aws:kms:us-east-2:123456789012:key/00000000-0000-0000-0000-000000000000"
_COMPILED = ROOT / ".local" / "compiled"
"""Functions start from compiled modules, as on Lambda; none is left in their folders."""
_FLOOR = 'import boto3\nfor each in ("dynamodb", "kms", "sqs"):\n    boto3.client(each)'
_MEASURED = """
import json, sys, time
began = time.process_time()
{code}
seconds = time.process_time() - began
print(json.dumps([seconds, sorted(sys.modules)]))
"""
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| +([\w.]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How one function starts, in a fresh interpreter."""

    function: str
    seconds: float
    """CPU time, which other programs on the machine hardly change; the median of several."""
    modules: frozenset[str]
    parts: dict[str, float]
    """The packages whose own modules take longest, in seconds."""

    @property
    def unneeded(self) -> list[str]:
        """What it imports and cannot use, as its template tells."""
        return sorted(each for each in unneeded(self.function) if each in self.modules)

    def row(self, floor: float) -> tuple[str, ...]:
        """Return its line of a table."""
        parts = ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in self.parts.items())
        unwanted = ", ".join(self.unneeded) or "none"
        own = f"{(self.seconds - floor) * 1000:.0f}"
        return self.function, f"{self.seconds * 1000:.0f}", own, unwanted, parts


HEADINGS = ("function", "ms", "above clients", "unneeded", "largest parts, ms")


def starts() -> tuple[float, list[Start]]:
    """Return the seconds that bare clients take, and how each function starts."""
    floor = median(_started(_FLOOR, _environment())[0] for _ in range(STARTS))
    return floor, [start_of(name) for name in FUNCTIONS]


def start_of(function: str, times: int = STARTS) -> Start:
    """Measure how a function starts."""
    environment = _environment() | {
        name: SEALING_KEY if name.endswith("ARN") else "1000" for name in _variables(function)
    }
    code = f"sys.path.insert(0, {str(ROOT / 'functions' / FUNCTIONS[function])!r})\nimport handler"
    measured = [_started(code, environment) for _ in range(times)]
    return Start(
        function=function,
        seconds=median(seconds for seconds, _ in measured),
        modules=frozenset(measured[0][1]),
        parts=_largest(code, environment),
    )


def unneeded(function: str) -> frozenset[str]:
    """Return what a function cannot use: it has no route, calls no server, or opens nothing."""
    properties = TEMPLATE["Resources"][function]["Properties"]
    answers = any(each["Type"] == "HttpApi" for each in properties["Events"].values())
    conditions = {
        ROUTER: answers,
        "authlib": answers,
        "httpx": "DEVELOPMENT_HOSTS" in _variables(function),
        "httpcore": "DEVELOPMENT_HOSTS" in _variables(function),
        "aws_encryption_sdk": "SEALING_KEY_ARN" in _variables(function),
    }
    return NOWHERE | {name for name, needed in conditions.items() if not needed}


def _variables(function: str) -> dict[str, Any]:
    properties = TEMPLATE["Resources"][function]["Properties"]
    return dict(properties["Environment"]["Variables"])


def _environment() -> dict[str, str]:
    layers = ":".join(str(ROOT / "layers" / name / "python") for name in ("connections", "sdk"))
    return CREDENTIALS | {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": layers,
        "PYTHONPYCACHEPREFIX": str(_COMPILED),
    }


def _started(code: str, environment: dict[str, str]) -> tuple[float, list[str]]:
    done = _run([], _MEASURED.format(code=code), environment)
    seconds, modules = json.loads(done.stdout.splitlines()[-1])
    return seconds, modules


def _largest(code: str, environment: dict[str, str]) -> dict[str, float]:
    done = _run(["-X", "importtime"], f"import sys\n{code}", environment)
    spent: dict[str, float] = {}
    for microseconds, module in _LINE.findall(done.stderr):
        package = module.partition(".")[0]
        spent[package] = spent.get(package, 0.0) + int(microseconds) / 1e6
    return dict(sorted(spent.items(), key=lambda each: -each[1])[:LARGEST_PARTS])


def _run(
    options: list[str], code: str, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-c", code]
    done = subprocess.run(
        command, env=environment, cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done
