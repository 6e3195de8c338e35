"""One caller's cases: made, sent one after the other, judged and counted."""

import random
import re
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.generation.case import Case
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER, HookContext

from tests.evidence import Evidence
from tests.fuzz.judging import CHECKS, NOBODYS, counts
from tests.fuzz.mending import mend, unspoken
from tests.fuzz.scene import Caller, Scene

ENDING = frozenset({
    "PUT /components/{component}",
    "DELETE /components/{component}",
    "DELETE /connections/{connection}",
    "POST /connections/{connection}/disconnect",
    "DELETE /connection-templates/{template}",
    "DELETE /customers/{customer}",
    "POST /api-keys/{key}/rotate",
    "DELETE /api-keys/{key}",
    "DELETE /signing-keys/{key}",
    "DELETE /integrations/{integration}",
    "PUT /integrations/{integration}/definition",
    "DELETE /integrations/{integration}/steps/{step}",
    "DELETE /integrations/{integration}/config-variables/{variable}",
    "DELETE /instances/{instance}",
})  # fmt: skip
"""What may not be done to what the run needs."""
_PARAMETER = re.compile(r"\{(\w+)\}")
_ID = re.compile(r"[a-z]{3}_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How many cases are made."""

    examples: int
    """Of each operation, with chance."""
    covering: bool
    """Whether to go through each bound and form of the document, too."""
    histories: int
    """Of several operations, one using what the other made."""
    seed: int = 1


@dataclass(slots=True)
class Tally:
    """What a campaign came to."""

    caller: str
    seconds: float = 0.0
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    """By operation and status; one of another method is counted under the operation's own."""
    failures: dict[str, str] = field(default_factory=dict)
    """What was wrong, with a request that shows it."""

    @property
    def cases(self) -> int:
        """How many there were."""
        return self.answers.total()

    def share(self, *families: int) -> float:
        """Return the share of answers whose status begins with one of these digits."""
        wanted = sum(n for (_, status), n in self.answers.items() if status // 100 in families)
        return wanted / max(1, self.cases)

    def succeeded(self) -> set[str]:
        """Return the operations that did, at least once, what they are there for."""
        return {operation for operation, status in self.answers if status // 100 in (2, 3)}


@dataclass(slots=True, kw_only=True)
class Campaign:
    """Cases as one caller sends them."""

    url: str
    document: dict[str, Any]
    scene: Scene
    caller: Caller
    budget: Budget
    evidence: Evidence
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.budget.seed)  # noqa: S311 - so that it can be repeated

    def run(self) -> Tally:
        """Send all cases, one at a time: functions answer a few at once and refuse more."""
        schema = schemathesis.openapi.from_dict(self.document, config=self._config())
        tally, began = Tally(self.caller.name), time.monotonic()
        with ExitStack() as hooked:
            for hook in (self.before_call, self.after_call, self.filter_failure):
                GLOBAL_HOOK_DISPATCHER.register_hook_with_name(hook, hook.__name__)
                hooked.callback(GLOBAL_HOOK_DISPATCHER.unregister, hook)
            for event in from_schema(schema).execute():
                if isinstance(event, events.ScenarioFinished):
                    _count(event.recorder, tally)
                elif isinstance(event, events.NonFatalError):
                    tally.failures[f"the run itself: {event.label}"] = str(event.value)
                elif isinstance(event, events.FatalError):
                    raise event.exception
        tally.seconds = time.monotonic() - began
        return tally

    def _config(self) -> SchemathesisConfig:
        budget, ids = self.budget, self.caller.ids
        written: dict[str, Any] = {
            "seed": budget.seed,
            "base-url": self.url,
            "headers": self.caller.headers,
            "workers": 1,
            "continue-on-failure": True,
            "dictionaries": {name.replace(".", "-"): {"values": ids[name]} for name in ids},
            "parameters": {
                name: {"dictionary": name.replace(".", "-"), "probability": 0.6} for name in ids
            },
            "generation": {"no-shrink": True, "database": "none"},
            "checks": CHECKS,
            # So that a failure can be sent again. The stack lives for this run alone.
            "output": {"sanitization": {"enabled": False}},
            "phases": {
                "examples": {"enabled": False},
                "coverage": {"enabled": budget.covering},
                "fuzzing": {"generation": {"max-examples": budget.examples}},
                "stateful": {
                    "enabled": budget.histories > 0,
                    "generation": {"max-examples": max(1, budget.histories)},
                },
            },
        }
        return SchemathesisConfig.from_dict(written)

    def before_call(self, _context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
        """Keep what the run needs, and make of every other good case one that can succeed."""
        if (body := unspoken(case.body)) != case.body:
            case.body = body
        self._name_what_there_is(case)
        if case.meta and case.meta.generation.mode.is_positive and self.chance.random() < 0.5:
            mend(case, self.caller, self.chance)
        if case.operation.label in ENDING:
            # What a path names last is what is ended.
            name = _PARAMETER.findall(case.path)[-1]
            value = case.path_parameters.get(name)
            if isinstance(value, str) and not self.scene.may(case.operation.label, value):
                case.path_parameters[name] = value[:4] + NOBODYS

    def _name_what_there_is(self, case: Case[Any]) -> None:
        """Put ids that the caller knows into the path, so that a body is looked at, too."""
        if case.meta is None or case.meta.is_negative_at(ParameterLocation.PATH):
            return
        for name in _PARAMETER.findall(case.path):
            value = case.path_parameters.get(name)
            known = self._known(case, name)
            if not known or _ID.fullmatch(str(value)):
                continue
            if case.meta.generation.mode.is_negative:
                # What lasts stands first: were it gone, its absence would be all that is judged.
                case.path_parameters[name] = known[0]
            elif self.chance.random() < 0.7:
                case.path_parameters[name] = self.chance.choice(known)

    def _known(self, case: Case[Any], name: str) -> list[str]:
        """Return the ids for a parameter; a part's are those of the integration before it."""
        integration = str(case.path_parameters.get("integration"))
        parts = self.caller.parts.get(integration, {}).get(name)
        return parts or self.caller.ids.get(f"path.{name}", [])

    def after_call(self, _context: HookContext, case: Case[Any], response: Response) -> None:
        """Keep the answer, to be searched for secrets; and the secrets that it is there to tell."""
        self.evidence.keep(response.request.path_url, response.status_code, response.content)

    def filter_failure(
        self, _context: HookContext, failure: Failure, case: Case[Any], response: Response
    ) -> bool:
        """Tell whether a failure counts."""
        return counts(failure, case, response)


def _count(recorder: ScenarioRecorder, tally: Tally) -> None:
    for case_id, interaction in recorder.interactions.items():
        label = recorder.cases[case_id].value.operation.label
        status = interaction.response.status_code if interaction.response else 0
        tally.answers[label, status] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            failure, case = check.failure_info.failure, recorder.cases[case_id].value
            said = recorder.interactions[case_id].response
            words = f"{check.name}: {case.operation.label}: {failure.title}\n{failure.message}"
            seen = f"{said.status_code} {said.text[:400]}" if said else "no answer"
            tally.failures.setdefault(words, f"{check.failure_info.code_sample}\n-> {seen}")
