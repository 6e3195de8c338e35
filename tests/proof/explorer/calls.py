"""The code of an actor, run as far as what its calls were answered goes.

Between two calls of ports a use case is a function of what the calls before were answered. So it is
run from its beginning, with the answers of its history, up to the first call beyond them: that one
leaves it by `Suspended`, which is no `Exception`, because the code catches those.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Never

SHARED = frozenset(
    {"states", "connections", "tokens", "sealed_tokens", "readings", "index", "servers"}
    | {"revocations", "rescues"}
)
"""The ports through which one actor sees what another does. The others are answered at once."""
LOCAL = frozenset({"ready"})
"""Methods of these that touch nothing."""
ALWAYS: Mapping[str, object] = {
    "registrations.many": {},
    "registrations.save": True,
    "settlements.settled": False,
}
"""What is answered at once in place of nothing. No registration is held back: for that, more would
have to go wrong than may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a port that waits to be carried out."""

    port: str
    method: str
    args: tuple[Any, ...]
    named: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.port}.{self.method}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a call was answered, with what the explorer notes and the code does not see."""

    name: str
    value: Any = None
    error: Exception | None = None
    words: str = ""
    """For whoever reads a trace."""
    changing: bool = False
    """Whether others can see that the call was made."""
    issued: int = 0
    """The number of the refresh token that it brings."""
    lasting: bool = False
    """Whether the same call by the same actor goes on failing."""

    def given(self) -> Any:
        if self.error is not None:
            raise self.error.with_traceback(None)
        return self.value


class Suspended(BaseException):
    """The code makes a call beyond its history."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.name)
        self.call = call


class Killed(BaseException):
    """The platform ended the invocation: its time is over."""


@dataclass(kw_only=True)
class Run:
    """One run of an actor's code at an instant, after a history which it prolongs.

    What is called locally is answered at once; where it changes nothing, nobody else can see when.
    """

    history: list[Answer]
    instant: datetime
    life: timedelta
    slept: timedelta = timedelta()
    deadline: datetime | None = None
    _position: int = field(default=0, init=False)
    _over: BaseException | None = field(default=None, init=False)

    def call(self, call: Call) -> Any:
        if self._over is not None:
            # What the code does on its way out, nobody who is killed does.
            raise self._over
        try:
            return self._answered(call)
        except (Suspended, Killed) as over:
            self._over = over
            raise

    def _answered(self, call: Call) -> Any:
        if self._position == len(self.history):
            if call.port in SHARED and call.method not in LOCAL:
                raise Suspended(call)
            self.history.append(Answer(name=call.name, value=self._locally(call)))
        answer = self.history[self._position]
        assert answer.name == call.name, f"{call.name} in place of {answer.name}: not repeatable"
        self._position += 1
        self._note(call, answer)
        return answer.given()

    def _locally(self, call: Call) -> object:
        return self.instant + self.slept if call.name == "clock.now" else ALWAYS.get(call.name)

    def _note(self, call: Call, answer: Answer) -> None:
        """Keep up with what the actor's own clock shows."""
        if call.name == "clock.sleep":
            self.slept += timedelta(seconds=call.args[0])
        if call.name == "clock.now" and self.deadline is None:
            self.deadline = answer.value + self.life
        now = self._position == len(self.history)
        if now and self.deadline is not None and self.instant + self.slept >= self.deadline:
            raise Killed


@dataclass(frozen=True, slots=True)
class Port:
    """Stands for any port: what is called of it is answered by the run."""

    run: Run
    name: str

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def calling(*args: Any, **named: Any) -> Any:
            return self.run.call(Call(port=self.name, method=method, args=args, named=named))

        return calling


class Ports:
    """All ports of a run, by their names."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __getattr__(self, name: str) -> Any:
        return Port(self._run, name)


def unreachable(call: Call) -> Never:
    raise NotImplementedError(f"the explorer does not know {call.name}")
