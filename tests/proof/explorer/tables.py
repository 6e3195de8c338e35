"""What explorations saw, as tables."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.proof.explorer.breakages import Breakage
from tests.proof.explorer.provider import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """What became of an exploration, with a way to each rule that was broken."""

    name: str
    kind: Kind
    mishaps: int
    moments: int
    states: int
    transitions: int
    quiet: int
    seconds: float
    """Of CPU."""
    violations: int
    ways: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What an exploration of broken code found."""

    breakage: Breakage
    states: int
    seconds: float
    """Of CPU."""
    rule: str | None
    way: list[str]

    @property
    def found(self) -> bool:
        return self.rule == self.breakage.rule


def table(explorations: Iterable[Explored], explored: list[Explored]) -> Iterator[str]:
    """Return the lines that say how much was explored, and what was found.

    `explored` takes up what was, as it comes: it takes minutes.
    """
    yield "Interleavings: every state that can be reached, each once; seconds of CPU"
    yield "  mishaps: how many bad answers, crashes and failed writes there may be in one run"
    yield "  moments: at how many moments, the last after the access token's end, things may happen"
    yield (
        f"  {'actors':56} {'provider':20} {'mishaps':>7} {'moments':>7} {'states':>9}"
        f" {'transitions':>11} {'at rest':>8} {'s':>6} {'violations':>10}"
    )
    for each in explorations:
        explored.append(each)
        yield (
            f"  {each.name:56} {each.kind.value:20} {each.mishaps:7} {each.moments:7}"
            f" {each.states:9,} {each.transitions:11,} {each.quiet:8,} {each.seconds:6.1f}"
            f" {each.violations:10}"
        )
    states = sum(each.states for each in explored)
    violations = sum(each.violations for each in explored)
    yield f"  {states:,} distinct states, {violations} violations"


def table_of_breakages(broken: Sequence[Broken]) -> Iterator[str]:
    """Return the lines that say by which rule each breakage was found, and how."""
    for each in broken:
        rule = each.rule or "NOTHING"
        yield f"\nBroken: {each.breakage.name}, before a server with {each.breakage.kind.value}"
        yield f"  {each.states:,} states, {each.seconds:.1f} s, found by rule {rule}"
        yield from (f"    {line}" for line in each.way)
    found = sum(each.found for each in broken)
    yield f"\n  {found} of {len(broken)} breakages found"
