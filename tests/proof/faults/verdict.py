"""What became of a token set, judged by what the authorization server issued."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from connections.adapters.aws import from_item
from connections.adapters.grant_items import open_grant
from connections.domain.connection import Reason, Status
from local.demo_provider.state import Token, TokenKind, digest
from tests.proof.faults.scene import Scene


class Verdict(StrEnum):
    """How it ended; the value is what a cell of the table shows."""

    STORED = "s"
    """What was issued last is stored, and works."""
    UNTOUCHED = "u"
    """The same, and the fault came before anything was issued."""
    RESCUED = "r"
    """The same, by way of the rescue queue."""
    UNKNOWN = "?"
    """The only copy is gone, and that is on record."""
    WITHDRAWN = "w"
    """The customer disconnected, and nothing works any more."""
    LOST = "LOST"
    GIVEN_UP = "DEAD"
    """A grant is called dead that its server did not end."""

    @property
    def fails(self) -> bool:
        return self in {Verdict.LOST, Verdict.GIVEN_UP}


@dataclass(frozen=True, slots=True)
class Issued:
    """The token set that the newest grant stands at, by the digests of its tokens."""

    access_token: str
    refresh_token: str
    grant: str
    refreshed: bool
    """Whether a refresh brought it, after the scene began."""

    @classmethod
    def of(cls, scene: Scene) -> "Issued":
        tokens = list(scene.provider.state._tokens.values())
        # The newest grant is the one that the latest consent began.
        *_, grant = dict.fromkeys(each.grant for each in tokens)
        own = [each for each in tokens if each.grant == grant]
        access = _latest(own, TokenKind.ACCESS_TOKEN)
        return cls(
            access.digest,
            _latest(own, TokenKind.REFRESH_TOKEN).digest,
            grant,
            access.digest not in scene.provider.kept,
        )

    def stored(self, scene: Scene) -> bool:
        """Tell whether this is what the service has."""
        found = scene.stored
        if found is None or found.tokens.refresh_token is None:
            return False
        has = (digest(found.tokens.access_token), digest(found.tokens.refresh_token))
        return has == (self.access_token, self.refresh_token)

    def works(self, scene: Scene) -> bool:
        """Tell whether the server still takes both."""
        state, now = scene.provider.state, scene.clock.seconds()
        return all(
            state._tokens[each].active(now) for each in (self.access_token, self.refresh_token)
        )


def _latest(tokens: list[Token], kind: TokenKind) -> Token:
    return [each for each in tokens if each.kind is kind][-1]


@dataclass(frozen=True, slots=True)
class Aftermath:
    """How things stand when the fault has happened, before anything recovers."""

    issued: Issued
    stored: bool
    rescued: bool
    """Whether it is on its way to be stored."""
    on_record: bool
    """Whether the state says that a refresh token may have been used."""

    @classmethod
    def of(cls, scene: Scene) -> "Aftermath":
        issued, state, stored = Issued.of(scene), scene.state, scene.stored
        rescued = bool(scene.pending.get("RescuesQueue"))
        spending = (state.get("spendingGrant"), state.get("spendingGeneration"))
        own = stored is not None and spending == (stored.grant_id, stored.generation)
        return cls(issued, issued.stored(scene), rescued, own)

    @property
    def kept(self) -> bool:
        return self.stored or self.rescued


def code_unserved(scene: Scene) -> str:
    """Return why code gets no working access token while one exists; nothing, if it does."""
    found, now = scene.stored, scene.clock.seconds()
    tokens = scene.provider.state._tokens
    if found is None or not tokens[digest(found.tokens.access_token)].active(now):
        return ""
    answer = scene.read()
    if answer.status != 200:
        return f"code gets no access token meanwhile (HTTP {answer.status})"
    works = tokens[digest(answer.json["token"]["access_token"])].active(scene.clock.seconds())
    return "" if works else "code gets an access token that does not work"


def judged(scene: Scene, after: Aftermath, *, taken: bool) -> tuple[Verdict, str]:
    """Return the verdict when nothing is left to be done, and why, where it is a bad one.

    `taken` says that an answer was lost on its way, or with the process that had it.
    """
    gone = taken and not after.kept
    if after.issued.refreshed and not after.stored and not after.on_record:
        return Verdict.LOST, "what was issued is neither stored nor on record"
    if _sent_again(scene):
        return Verdict.LOST, "a refresh token was sent whose successor was stored"
    if scene.provider.state.double_spends and not gone:
        return Verdict.LOST, "a refresh token was sent again whose successor was kept"
    state = scene.state
    status, reason = state["status"], state.get("reason")
    if status == Status.RECONNECT_REQUIRED:
        on_record = gone and reason == Reason.ANSWER_LOST
        return (Verdict.UNKNOWN, "") if on_record else (Verdict.GIVEN_UP, f"reason: {reason}")
    fault_found = _not_working(scene, state)
    if fault_found:
        return Verdict.LOST, fault_found
    if not after.issued.refreshed:
        return Verdict.UNTOUCHED, ""
    return (Verdict.RESCUED if after.rescued else Verdict.STORED), ""


def _sent_again(scene: Scene) -> bool:
    """Tell whether a refresh token was sent when its successor was stored."""
    of_server = scene.provider.state._tokens
    for token, items in scene.provider.state.presented:
        for item in map(from_item, items):
            has = digest(str(open_grant(item, scene.tokens.sealer).tokens.refresh_token))
            if has != token and of_server[has].grant == of_server[token].grant:
                return True
    return False


def _not_working(scene: Scene, state: dict[str, Any]) -> str:
    """Return what keeps the connection from being as if nothing had happened; nothing, if so."""
    issued = Issued.of(scene)
    if not issued.stored(scene):
        return "what was issued last is not what is stored"
    if not issued.works(scene):
        return "what is stored does not work at the server"
    answer = scene.read()
    if answer.status != 200 or digest(answer.json["token"]["access_token"]) != issued.access_token:
        return f"code does not get the working access token (HTTP {answer.status})"
    unsettled = unfinished(scene)
    return f"unfinished: {unsettled}" if unsettled else ""


def unfinished(scene: Scene) -> str:
    """Return what is still to be done; nothing, if all is done."""
    state, stored, now = scene.state, scene.stored, scene.clock.seconds()
    waits = [queue for queue, records in scene.pending.items() if records]
    if waits:
        return f"messages wait in {waits}"
    if stored is None:
        return "" if state["status"] == Status.PENDING else "the grant is gone, but not its state"
    if "claimUntil" in state:
        return "a claim stands"
    if state["status"] != Status.ACTIVE or "spendingGeneration" in state:
        return f"the connection is {state['status']}: {state.get('reason')}"
    if (state["grantId"], state["generation"]) != (stored.grant_id, stored.generation):
        return "the state is behind the tokens"
    return "" if now < state["refreshAt"] else "a refresh is due"


def withdrawn(scene: Scene) -> tuple[Verdict, str]:
    """Return the verdict where the customer has disconnected."""
    now = scene.clock.seconds()
    if scene.stored is not None:
        return Verdict.LOST, "a grant is stored that was withdrawn"
    if scene.state["status"] != Status.PENDING:
        return Verdict.LOST, f"the connection is {scene.state['status']}"
    if any(each.active(now) for each in scene.provider.state._tokens.values()):
        return Verdict.LOST, "a token works whose grant was withdrawn"
    return Verdict.WITHDRAWN, ""
