"""A run: every caller's campaign against one stack, and what it must have come to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connections.entrypoints.rules import RULES, Reach
from tests.fuzz.campaign import Budget, Campaign, Tally
from tests.fuzz.scene import ADMIN, NOBODY, ORGANIZATION, READER, USER, set_up
from tests.live_connection import content_of
from tests.stack import RunningStack

LEAST_SUCCESSES: Mapping[str, float] = {
    NOBODY: 0.01,
    READER: 0.05,
    USER: 0.03,
    ADMIN: 0.03,
    ORGANIZATION: 0.1,
}
"""The share of answers that must be successes: a run whose caller is locked out proves nothing."""
FOR_BROWSERS = frozenset({"POST /authorize", "GET /callback"})
"""Need a browser's cookie and a consent: the tests of the running stack bring those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to."""

    tallies: list[Tally]
    faults: list[str]

    @property
    def cases(self) -> int:
        """How many there were of all callers."""
        return sum(tally.cases for tally in self.tallies)

    def never_done(self) -> list[str]:
        """Return what a caller may do and never did."""
        return [
            f"{tally.caller}: {operation} never worked"
            for tally in self.tallies
            for operation in sorted(may(tally.caller) - tally.succeeded() - FOR_BROWSERS)
        ]


def fuzz(stack: RunningStack, budgets: Mapping[str, Budget]) -> Outcome:
    """Let every caller with a budget fuzz the stack."""
    scene = set_up(stack)
    document = content_of(stack.api.get("/openapi.json"))
    tallies = [
        Campaign(
            url=stack.url,
            document=document,
            scene=scene,
            caller=caller,
            budget=budgets[caller.name],
            evidence=stack.evidence,
        ).run()
        for caller in scene.callers
        if caller.name in budgets
    ]
    faults = [fault for tally in tallies for fault in _faults(tally)]
    return Outcome(tallies=tallies, faults=[*faults, *_leaks(stack)])


def may(caller: str) -> set[str]:
    """Return the operations that a kind of caller may use, as the service's table has it."""

    def allowed(route: str) -> bool:
        rule = RULES[route]
        if rule.open or caller == ORGANIZATION:
            return True
        match caller:
            case "a key that reads":
                return "connections:read" in rule.scopes
            case "a customer's admin":
                return rule.admin is not Reach.NOTHING
            case "a customer's user":
                return rule.user is not Reach.NOTHING
        return False

    return set(filter(allowed, RULES))


def _faults(tally: Tally) -> Iterator[str]:
    for words, seen in tally.failures.items():
        yield f"{tally.caller}: {words}\n{seen}"
    for operation, status in sorted(tally.answers):
        if status >= 500 or status == 0:
            yield f"{tally.caller}: {operation} answered {status}"
    for operation in sorted(tally.succeeded() - may(tally.caller)):
        yield f"{tally.caller}: {operation} worked, which is not for them"
    if tally.share(2, 3) < LEAST_SUCCESSES[tally.caller]:
        yield f"{tally.caller}: only {tally.share(2, 3):.1%} of the answers are successes"


def _leaks(stack: RunningStack) -> Iterator[str]:
    """Say where a secret is that must not be there, where a function broke, and what was denied."""
    hidden = stack.evidence.hidden()
    told = {f"the log of {name}": log for name, log in stack.function_logs().items()}
    told["an answer"] = "\n".join(stack.evidence.answers)
    for where, text in told.items():
        if "Traceback" in text:
            yield f"{where} has a traceback"
        for secret in hidden:
            if secret in text:
                yield f"{where} has a secret that begins with {secret[:4]}"
    for name, used in stack.permissions().items():
        for denied in used["denied"]:
            yield f"{name} was denied {denied}"
