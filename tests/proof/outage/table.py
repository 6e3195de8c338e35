"""What was seen, as a table over simulated time."""

from collections.abc import Iterator, Mapping, Sequence

from tests.proof.outage.readers import PAGE
from tests.proof.outage.simulation import Minute

_COLUMNS = "{:>6} {:>6} {:>6} {:>6} {:>6} {:>8}  {:<7} {:>7} {:>9} {:>10}  {:>9}  {:>4} {:>4}"
_HEAD = _COLUMNS.format(
    "minute", "due", "queued", "sent", "worked", "for read", "breaker", "active", "degraded",
    "reconnect", f"of {PAGE} shown", "200", "503",
)  # fmt: skip


def table(minutes: Sequence[Minute]) -> str:
    """Return the table: of the minutes in which nothing changes every fifth is told."""
    return "\n".join([_HEAD, *map(_row, _told(minutes))])


def _told(minutes: Sequence[Minute]) -> Iterator[Minute]:
    before = None
    for each in minutes:
        if each.shown or each.breaker != before or each is minutes[-1]:
            yield each
        before = each.breaker


def _row(minute: Minute) -> str:
    return _COLUMNS.format(
        minute.number, minute.due, minute.queued, minute.sent, minute.worked,
        minute.sent_for_readers, minute.breaker, *_by_status(minute.stored),
        "/".join(map(str, _by_status(minute.shown))) if minute.shown else "",
        minute.read.get(200, 0), minute.read.get(503, 0),
    )  # fmt: skip


def _by_status(counts: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(counts.get(each, 0) for each in ("active", "degraded", "reconnect-required"))
