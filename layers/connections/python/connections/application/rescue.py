"""Store what could not be stored when it was issued: the rescue queue's consumer."""

import logging
from dataclasses import dataclass

from connections.application.invocation import Invocation
from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Result
from connections.domain.claim import COMMIT_RESERVE
from connections.domain.errors import Unavailable
from connections.domain.grant import Grant
from connections.domain.refresh import Cause, Need

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescuer:
    """Brings rescued token sets to where they belong."""

    refresher: Refresher

    def rescue(self, successor: Grant, invocation: Invocation) -> None:
        """Store a token set whose predecessor is stored still; end it if its grant is gone.

        Done again it changes nothing, so it is done again until the state knows it, too.

        Raises:
            Unavailable: it is not done yet, or there is something that nobody foresaw: the message
                stays in the queue, and among the dead letters at last.
        """
        refresher, told = self.refresher, {"connectionId": successor.connection_id}
        outcome = refresher.keeper.store(successor, invocation.deadline - COMMIT_RESERVE)
        if outcome.result is Result.NOT_CONNECTED:
            logger.warning("rescue-revoked", extra=told)
            return
        stored = outcome.grant
        if stored is None or stored.grant_id != successor.grant_id:
            return
        if stored.generation < successor.generation:
            raise Unavailable("What the rescued token set follows is not stored.")
        # Asked for before it was issued, it satisfies: nothing is sent, the state is mended.
        need = Need(cause=Cause.DUE, since=successor.tokens.issued_at)
        mended = refresher.refresh(successor.connection_id, need, invocation)
        if mended.result is Result.BUSY and refresher.connections.get(successor.connection_id):
            raise Unavailable("The claim under which it was issued still stands.")
        logger.info("rescue-stored", extra=told)
