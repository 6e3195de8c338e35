"""How a connection shows itself when its client registration has trouble."""

from dataclasses import replace
from datetime import datetime

import pytest

from connections.domain.client_registration import Breaker, Registration, seen_through
from connections.domain.connection import Reason, Status
from connections.domain.identifiers import RegistrationId
from tests.builders import HOUR, NOW, a_connection

QUIET = Registration(id=RegistrationId("reg_1"))
OPEN = replace(QUIET, breaker=Breaker(opened_at=NOW, probe_at=NOW + HOUR))
AT_FAULT = replace(OPEN, fault=True)
NOT_DUE = a_connection(refresh_at=NOW + HOUR)


def test_one_that_works_is_degraded_by_the_fault_of_its_registration() -> None:
    seen = seen_through(NOT_DUE, AT_FAULT, NOW)

    reason = Reason.OPERATOR_ACTION_REQUIRED
    assert seen == replace(NOT_DUE, status=Status.DEGRADED, reason=reason)


def test_one_whose_refresh_is_overdue_is_degraded_while_it_is_held_back() -> None:
    due = replace(NOT_DUE, refresh_at=NOW)

    seen = seen_through(due, OPEN, NOW)

    assert seen == replace(due, status=Status.DEGRADED, reason=Reason.PROVIDER_UNAVAILABLE)


def test_a_fault_is_told_rather_than_what_follows_from_it() -> None:
    seen = seen_through(replace(NOT_DUE, refresh_at=NOW), AT_FAULT, NOW)

    assert seen.reason is Reason.OPERATOR_ACTION_REQUIRED


@pytest.mark.parametrize("refresh_at", [NOW + HOUR, None])
def test_one_that_is_not_overdue_works_also_while_others_are_held_back(
    refresh_at: datetime | None,
) -> None:
    connection = replace(NOT_DUE, refresh_at=refresh_at)

    assert seen_through(connection, OPEN, NOW) is connection


@pytest.mark.parametrize("registration", [None, QUIET])
def test_a_registration_without_trouble_changes_nothing(registration: Registration | None) -> None:
    due = replace(NOT_DUE, refresh_at=NOW)

    assert seen_through(due, registration, NOW) is due


@pytest.mark.parametrize("status", set(Status) - {Status.ACTIVE})
def test_one_that_does_not_work_keeps_its_own_reason(status: Status) -> None:
    connection = replace(NOT_DUE, status=status, reason=Reason.OUTCOME_UNKNOWN)

    assert seen_through(connection, AT_FAULT, NOW) is connection
