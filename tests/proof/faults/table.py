"""The table of verdicts: a row a step, a column a fault, a letter a provider."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from textwrap import fill

from tests.proof.faults.cases import Judged
from tests.proof.faults.faults import Fault
from tests.proof.faults.verdict import Verdict

_WIDTH = 6


def table(judged: Sequence[Judged]) -> str:
    """Return the verdicts of each path, and the sums."""
    providers = list(dict.fromkeys(each.case.provider for each in judged))
    lines = [
        f"In each cell a verdict for each of {', '.join(providers)}:",
        _legend(Verdict),
        "Above each column a fault:",
        _legend(Fault),
    ]
    for path in dict.fromkeys(each.case.path for each in judged):
        own = [each for each in judged if each.case.path == path]
        lines += ["", *_of_path(path.name, own, providers)]
    return "\n".join([*lines, "", *_sums(judged, providers)])


def _legend(meanings: Iterable[StrEnum]) -> str:
    told = ", ".join(f"{each.value} {each.name.lower().replace('_', ' ')}" for each in meanings)
    return fill(told, width=100, initial_indent="  ", subsequent_indent="  ")


def _of_path(name: str, judged: Sequence[Judged], providers: Sequence[str]) -> Iterable[str]:
    faults = [each for each in Fault if any(own.case.fault is each for own in judged)]
    yield f"{name.capitalize():42}" + "".join(f"{each.value:{_WIDTH}}" for each in faults)
    rows = dict.fromkeys((each.case.step, str(each.case.call)) for each in judged)
    for number, call in sorted(rows):
        cells = {
            (each.case.provider, each.case.fault): each.verdict.value
            for each in judged
            if (each.case.step, str(each.case.call)) == (number, call)
        }
        letters = ["".join(cells.get((one, fault), "-") for one in providers) for fault in faults]
        told = [each if each.strip("-") else "." for each in letters]
        yield f"  {number:2} {call:37}" + "".join(f"{each:{_WIDTH}}" for each in told)


def _sums(judged: Sequence[Judged], providers: Sequence[str]) -> Iterable[str]:
    counted = Counter((each.case.provider, each.verdict) for each in judged)
    yield f"{'':22}" + "".join(f"{each.name.lower():>11}" for each in Verdict) + f"{'cases':>11}"
    for provider in providers:
        row = [counted[provider, verdict] for verdict in Verdict]
        yield f"{provider:22}" + "".join(f"{each:>11}" for each in [*row, sum(row)])
    lost, given_up = (
        sum(each.verdict is bad for each in judged) for bad in (Verdict.LOST, Verdict.GIVEN_UP)
    )
    yield f"{len(judged)} faults; tokens lost: {lost}, live grants given up: {given_up}"
