"""Client credentials: under which inputs the next token set is asked for (RFC 6749 section 4.4).

Nobody consents, so nobody is asked when inputs change: the next token set is fetched under those
that there are. Until it is stored, the one before goes on.
"""

from dataclasses import dataclass

from connections.application.entered_values import missing_inputs
from connections.application.issuing import issuance_of
from connections.application.ports import Clock, Connections, States
from connections.domain.claim import Claim
from connections.domain.connection import Connection, Reason
from connections.domain.grant import Grant, Issuance
from connections.domain.refresh import Cause, Need
from connections.oauth.stored_definitions import definition_of


@dataclass(frozen=True, slots=True)
class CurrentIssuances:
    """What token sets are issued under, for whoever holds the claim that `former` precedes."""

    connections: Connections
    states: States
    clock: Clock

    def of(self, former: Connection, grant: Grant | None, need: Need) -> Issuance | None:
        """Return what the next token set is to be issued under; None if there can be none.

        A consent goes on with what it was given for. Client credentials that were disconnected
        are not fetched before somebody demands it.

        Raises:
            Misconfigured: the definition that the connection was made from breaks a rule.
            SealBroken: the inputs are not those that were sealed for this connection.
        """
        given = grant.issuance if grant else None
        if not former.client_credentials:
            return given
        if grant is None and _switched_off(former) and need.cause is not Cause.DEMANDED:
            return None
        found = self.connections.with_inputs(former.id)
        if found is None:
            return given
        inputs = found[1]
        missing = missing_inputs(definition_of(inputs.definition), inputs.effective)
        return given if missing else issuance_of(inputs)

    def look_again(self, former: Connection, claim: Claim) -> None:
        """Let a connection be due whose inputs changed under the claim, which has ended.

        Who changed them wanted a token set under the new ones, and found it claimed.
        """
        if not former.client_credentials:
            return
        state = self.connections.get(former.id)
        if state is None or state.inputs_digest == former.inputs_digest:
            return
        now = self.clock.now()
        again = self.states.claim(former.id, claim, now)
        if again is not None:
            self.states.released(again, now)


def _switched_off(former: Connection) -> bool:
    """Tell whether there is no grant because it was disconnected, be it not to the end."""
    return former.grant_id is not None or former.reason is Reason.DISCONNECTED
