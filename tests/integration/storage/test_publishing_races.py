"""Publishing a version while its template changes: every order in which requests may meet (B81)."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest

from connections.application.manage_templates import TemplateChange
from connections.domain.errors import TemplateLocked
from tests.builders import TEMPLATE
from tests.builders_of_instances import INTEGRATION
from tests.integration.storage.building import Studio
from tests.integration.storage.conftest import Adapters
from tests.integration.storage.unsealed import Unsealed

ROUNDS = 200
BEFORE, AFTER = {"clientId": "before"}, {"clientId": "after"}
UNPUBLISH: list[Any] = [
    {"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}}
    for pk, sk in (
        (INTEGRATION, "version/0000000001"),
        (f"uses/{TEMPLATE}", f"{INTEGRATION}/0000000001"),
        ("uses/component/acme", f"{INTEGRATION}/0000000001"),
    )
]
"""What a round leaves behind."""


@dataclass
class Turns:
    """Lets one request through at a time, of threads that take turns by chance.

    AWS in memory cannot take two at once; the order is what matters.
    """

    chance: random.Random
    running: list[str] = field(default_factory=list)
    next: str = ""
    changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def request(self) -> Iterator[None]:
        me = threading.current_thread().name
        with self.changed:
            self.changed.wait_for(lambda: self.next == me)
            yield
            self._pass_on()

    def together(self, *actions: Callable[[], object]) -> None:
        """Do things at the same time."""
        ready = threading.Barrier(len(actions))

        def act(action: Callable[[], object]) -> None:
            with self.changed:
                self.running.append(threading.current_thread().name)
            ready.wait()
            with self.changed:
                self._pass_on()
            try:
                action()
            finally:
                with self.changed:
                    self.running.remove(threading.current_thread().name)
                    self._pass_on()

        threads = [
            threading.Thread(target=act, args=(each,), name=str(number))
            for number, each in enumerate(actions)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _pass_on(self) -> None:
        if self.running:
            self.next = self.chance.choice(sorted(self.running))
        self.changed.notify_all()


def change(studio: Studio, outcome: list[str]) -> None:
    try:
        studio.manager.change(TEMPLATE, TemplateChange(values=AFTER))
    except TemplateLocked:
        outcome.append("locked")
    else:
        outcome.append("changed")


def test_a_version_is_published_with_the_values_that_its_template_keeps(
    adapters: Adapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = Turns(random.Random(7))  # noqa: S311 - no secret
    aws = adapters.aws
    send = aws.dynamodb._make_api_call  # type: ignore[attr-defined]
    sealer = Unsealed(aws.dynamodb, aws.kms, aws.names["BranchKeys"], aws.key_arn)
    studio = Studio.of(replace(adapters, sealer=sealer), values=BEFORE)
    variable = studio.with_template()
    begun: list[Any] = [{"PutRequest": {"Item": each}} for each in aws.items("Definitions")]
    won: Counter[tuple[str, int]] = Counter()

    def in_turn(*request: Any) -> Any:
        with turns.request():
            return send(*request)

    for _ in range(ROUNDS):
        outcome: list[str] = []
        with monkeypatch.context() as patched:
            patched.setattr(aws.dynamodb, "_make_api_call", in_turn)
            turns.together(
                partial(studio.publisher.publish, INTEGRATION), partial(change, studio, outcome)
            )

        reference = studio.publisher.read(INTEGRATION, 1).connections[variable].template
        stored = studio.templates.get(TEMPLATE)
        assert reference is not None
        assert stored is not None
        assert (reference.id, reference.revision) == (stored.id, stored.revision)
        assert stored.locked
        # Of the first revision these are the values, and of the second those.
        assert stored.values == (BEFORE if reference.revision == 1 else AFTER)
        assert outcome == ["locked" if reference.revision == 1 else "changed"]
        won[outcome[0], reference.revision] += 1
        aws.dynamodb.batch_write_item(RequestItems={studio.table: [*begun, *UNPUBLISH]})

    assert won.keys() == {("locked", 1), ("changed", 2)}
    assert sum(won.values()) == ROUNDS
    assert min(won.values()) >= ROUNDS // 20, won
