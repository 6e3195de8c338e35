"""Make integrations, with drafts that are empty."""

import secrets
from dataclasses import dataclass

from connections.application.integration_ports import Integrations
from connections.application.ports import Clock
from connections.domain.caller import Owner
from connections.domain.errors import IdempotencyKeyReused, InvalidRequest, Problem
from connections.domain.identifiers import Randomness, integration_id, integration_id_for
from connections.domain.integration import Draft, Integration
from connections_sdk.integrations import Integration as IntegrationDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationCreator:
    """Integrations, for those who begin to build one."""

    integrations: Integrations
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def create(
        self,
        owner: Owner,
        name: str,
        description: str | None,
        idempotency_key: str | None = None,
        *,
        offered: bool = False,
        by: str = "",
    ) -> tuple[Integration, Draft]:
        """Make an integration with an empty draft; the same Idempotency-Key returns the same.

        Raises:
            InvalidRequest: one of a customer cannot be offered.
            IdempotencyKeyReused: the key made another integration.
            CustomerBeingDeleted: nothing can be added to the customer any more.
        """
        check_offered(owner, offered=offered)
        now = self.clock.now()
        identifier = integration_id(now, self.randomness)
        if idempotency_key is not None:
            identifier = integration_id_for(idempotency_key, by)
        integration = Integration(
            id=identifier,
            owner=owner,
            name=name,
            description=description,
            offered=offered,
            created_at=now,
            updated_at=now,
        )
        draft = Draft(document=IntegrationDocument(name=name, description=description).document())
        if self.integrations.add(integration, draft):
            return integration, draft
        return self._made_before(integration)

    def _made_before(self, wanted: Integration) -> tuple[Integration, Draft]:
        """Return what the same Idempotency-Key made.

        Raises:
            IdempotencyKeyReused: that is another integration.
        """
        found = self.integrations.with_draft(wanted.id)
        if found is None or (found[0].owner, found[0].name) != (wanted.owner, wanted.name):
            raise IdempotencyKeyReused(
                "This Idempotency-Key made another integration. Send a new key for a new one."
            )
        return found[0], found[1]


def check_offered(owner: Owner, *, offered: bool) -> None:
    """Let only the organization's own integrations be offered to all customers.

    Raises:
        InvalidRequest: it is a customer's.
    """
    if offered and owner.customer_id is not None:
        problem = Problem("#/offered", "must be false: it is a customer's own integration")
        raise InvalidRequest("A customer's integration cannot be offered to others.", [problem])
