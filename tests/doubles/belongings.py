"""Doubles of the ports to what is a customer's: added, listed, handed over and deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connections.application.flow_ports import UsedFlow
from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.connection import Connection, Inputs
from connections.domain.customer import Customer
from connections.domain.errors import CustomerBeingDeleted, NotFound
from connections.domain.flow import Flow
from connections.domain.grant import SealedGrant
from connections.domain.identifiers import (
    ConnectionId,
    CustomerId,
    InstanceId,
    IntegrationId,
)
from connections.domain.referrer import Referred, Referrer, ReferrerKind
from tests.doubles.access import pages
from tests.doubles.store import Store


@dataclass(frozen=True)
class StoredNewConnections:
    """Implements `NewConnections`."""

    store: Store

    def add(self, connection: Connection, inputs: Inputs, *, own_component: bool = False) -> bool:
        self.store.called("connections.add")
        if connection.id in self.store.connections_by_id:
            return False
        customer_id = connection.owner.customer_id
        if customer_id is not None:
            customer = self.store.customers_by_id.get(customer_id)
            if customer is None or customer.deleting_since is not None:
                raise CustomerBeingDeleted("There is no such customer, or it is being deleted.")
        template_id = connection.template_id
        if template_id is not None and template_id not in self.store.templates_by_id:
            raise NotFound("The connection template is gone.")
        self.store.connections_by_id[connection.id] = connection
        self.store.inputs_by_id[connection.id] = inputs
        by = Referrer(kind=ReferrerKind.CONNECTION, id=connection.id, name=connection.name)
        if template_id is not None:
            self._refer(Referred(template_id=template_id), by)
        if own_component:
            self._refer(Referred(component=connection.component), by)
        return True

    def _refer(self, referred: Referred, by: Referrer) -> None:
        self.store.referrers.setdefault(referred, {})[by.id, False, 0] = by


@dataclass(frozen=True)
class StoredConnectionList:
    """Implements `ConnectionList`."""

    store: Store

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Connection], str | None]:
        self.store.called("listed.page")
        connections = [
            each
            for each in self.store.connections_by_id.values()
            if customer_id in (None, each.owner.customer_id) and each.id not in self.store.closed
        ]
        return pages(connections, "con", limit, cursor)

    def cursor_after(self, connection_id: ConnectionId) -> str:
        self.store.called("listed.cursor_after")
        return connection_id


@dataclass(frozen=True)
class ListedSealedRevocations:
    """Implements `SealedRevocations`."""

    store: Store

    def hand_over(self, grant: SealedGrant) -> None:
        self.store.called("sealed_revocations.hand_over")
        self.store.handed_over.append(grant)


@dataclass(frozen=True)
class StoredRemains:
    """Implements `MarkedCustomers` and `CustomerRemains`."""

    store: Store

    def customer(self, customer_id: CustomerId) -> Customer | None:
        self.store.called("remains.customer")
        return self.store.customers_by_id.get(customer_id)

    def connections(self, customer_id: CustomerId) -> Iterator[ConnectionId]:
        self.store.called("remains.connections")
        found = self.store.connections_by_id.values()
        yield from [each.id for each in found if each.owner.customer_id == customer_id]

    def remove_flows(self, customer_id: CustomerId) -> int:
        self.store.called("remains.remove_flows")
        of_customer = [
            each
            for each in self.store.authorizations.values()
            if each.owner.customer_id == customer_id
        ]
        for each in of_customer:
            del self.store.authorizations[each.id]
        of_flows = [
            digest
            for digest, flow in self.store.flows_by_digest.items()
            if self._owner(digest, flow).customer_id == customer_id
        ]
        for digest in of_flows:
            del self.store.flows_by_digest[digest]
        return len(of_customer) + len(of_flows)

    def _owner(self, digest: str, flow: Flow | UsedFlow) -> Owner:
        if isinstance(flow, Flow):
            return flow.owner
        return self.store.owners_of_used_flows.get(digest, ORGANIZATION)

    def instances(self, customer_id: CustomerId) -> Iterator[InstanceId]:
        self.store.called("remains.instances")
        found = self.store.instances_by_id.values()
        yield from [each.id for each in found if each.owner.customer_id == customer_id]

    def integrations(self, customer_id: CustomerId) -> Iterator[IntegrationId]:
        self.store.called("remains.integrations")
        found = self.store.integrations_by_id.values()
        yield from [each.id for each in found if each.owner.customer_id == customer_id]

    def remove_integration(self, integration_id: IntegrationId) -> None:
        self.store.called("remains.remove_integration")
        self.store.integrations_by_id.pop(integration_id, None)

    def remove_customer(self, customer: Customer) -> None:
        self.store.called("remains.remove_customer")
        stored = self.store.customers_by_id.get(customer.id)
        if stored is not None and stored.deleting_since is not None:
            del self.store.customers_by_id[customer.id]
