"""Breakages of the code, one at a time, each of which the explorer must find."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.proof.explorer import broken_code
from tests.proof.explorer.actors import Actor, disconnect, reader, report, rescuer, worker
from tests.proof.explorer.broken_code import Patch
from tests.proof.explorer.instants import ALL, APART
from tests.proof.explorer.provider import Kind
from tests.proof.explorer.rules import (
    AFTERWARDS,
    CLAIMS_END,
    LIVE_TOKEN,
    NEVER_DEAD,
    NO_REUSE,
    NOTHING_KILLED,
    NOTHING_LOST,
    STILL_SPENT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """Something that is left out or done wrongly, and where that shows."""

    name: str
    breaks: Callable[[Patch], None]
    rule: str
    """The rule by which it is found."""
    actors: tuple[Actor, ...] = (worker("worker-1"), worker("worker-2"))
    kind: Kind = Kind.ROTATION
    mishaps: int = 0
    moments: tuple[int, ...] = ALL
    late_rescues: bool = False


_WORKERS = (worker("worker-1"), worker("worker-2"))
_DISCONNECTED = (worker("worker-1"), disconnect())
_RESCUED = (worker("worker-1"), rescuer("rescuer-1"))
_REPORTED = (worker("worker-1"), report())
BREAKAGES = (
    Breakage(name="no second look", breaks=broken_code.no_second_look, rule=NO_REUSE),
    Breakage(name="no claim", breaks=broken_code.no_claim, rule=NO_REUSE),
    Breakage(
        name="claims that end before their holders do, and no patience",
        breaks=broken_code.short_claims,
        rule=NO_REUSE,
        actors=_REPORTED,
    ),
    Breakage(name="claims without an end", breaks=broken_code.endless_claims, rule=CLAIMS_END),
    Breakage(
        name="commit without a condition",
        breaks=broken_code.unconditional_commit,
        rule=AFTERWARDS,
        actors=_DISCONNECTED,
    ),
    Breakage(
        name="disconnect deletes whatever generation is there",
        breaks=broken_code.unconditional_delete,
        rule=NOTHING_LOST,
        actors=_DISCONNECTED,
    ),
    Breakage(
        name="failure recorded without the fence",
        breaks=broken_code.unfenced_failure,
        rule=AFTERWARDS,
        actors=_DISCONNECTED,
        mishaps=1,
    ),
    Breakage(
        name="disconnect leaves the fence",
        breaks=broken_code.fence_left,
        rule=AFTERWARDS,
        actors=_DISCONNECTED,
        mishaps=1,
    ),
    Breakage(
        name="blank refresh token stored in place of the old",
        breaks=broken_code.blank_token_stored,
        rule=NOTHING_LOST,
        kind=Kind.NO_ROTATION,
    ),
    Breakage(
        name="every failure taken for the end of the grant",
        breaks=broken_code.every_failure_final,
        rule=NEVER_DEAD,
        mishaps=1,
    ),
    Breakage(
        name="reader handed what was stored before another refreshed it",
        breaks=broken_code.first_reading_handed_out,
        rule=LIVE_TOKEN,
        actors=(worker("worker-1"), reader()),
        moments=APART,
    ),
    Breakage(
        name="unknown outcome forgotten when it is recorded",
        breaks=broken_code.unknown_forgotten,
        rule=NOTHING_LOST,
        mishaps=1,
    ),
    Breakage(
        name="unknown outcome forgotten when a claim is released",
        breaks=broken_code.spending_released,
        rule=NOTHING_LOST,
        mishaps=1,
    ),
    Breakage(
        name="failure counted without a look at what is stored",
        breaks=broken_code.no_look_at_the_winner,
        rule=STILL_SPENT,
        actors=(*_WORKERS, rescuer("rescuer-1")),
        mishaps=1,
        late_rescues=True,
    ),
    Breakage(
        name="unknown refresh token tried again at once",
        breaks=broken_code.no_hold,
        rule=NOTHING_KILLED,
        kind=Kind.FAMILY,
        mishaps=1,
    ),
    Breakage(
        name="lost answer asked for again where no reuse is forgiven",
        breaks=broken_code.reuse_without_grace,
        rule=NOTHING_KILLED,
        kind=Kind.FAMILY,
        mishaps=1,
    ),
    Breakage(
        name="state never brought up to what is stored",
        breaks=broken_code.never_mended,
        rule=NOTHING_LOST,
        mishaps=2,
    ),
    Breakage(
        name="token set dropped that could not be stored",
        breaks=broken_code.no_rescue,
        rule=NOTHING_LOST,
        mishaps=1,
    ),
    Breakage(
        name="rescue stored without a condition",
        breaks=broken_code.unconditional_rescue,
        rule=AFTERWARDS,
        actors=(*_RESCUED, disconnect()),
        mishaps=1,
    ),
    Breakage(
        name="rescue taken for done that was not",
        breaks=broken_code.rescue_given_up,
        rule=NOTHING_LOST,
        actors=_RESCUED,
        mishaps=2,
    ),
    Breakage(
        name="no patience for rescues",
        breaks=broken_code.no_patience,
        rule=NO_REUSE,
        actors=_REPORTED,
        mishaps=1,
        moments=(0, 2),
    ),
)
