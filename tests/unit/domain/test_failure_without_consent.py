"""What a failure means where nobody consents."""

import pytest

from connections.domain.failure import FailureKind
from tests.builders import a_failure


def test_a_grant_that_ended_is_an_app_that_is_refused() -> None:
    failure = a_failure(FailureKind.GRANT, http_status=400, provider_error="invalid_grant")

    meant = failure.without_consent()

    assert meant.kind is FailureKind.CLIENT
    assert meant.explanation == "the authorization server refused the client's credentials"
    assert (meant.http_status, meant.provider_error) == (400, "invalid_grant")


def test_an_answer_that_was_lost_is_only_waited_for() -> None:
    failure = a_failure(FailureKind.UNKNOWN)

    assert failure.without_consent() == a_failure(FailureKind.WAIT)


@pytest.mark.parametrize("kind", [FailureKind.CLIENT, FailureKind.WAIT])
def test_any_other_stays_what_it_is(kind: FailureKind) -> None:
    assert a_failure(kind).without_consent() == a_failure(kind)
