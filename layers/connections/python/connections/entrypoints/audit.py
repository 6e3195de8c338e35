"""The audit, for its readers."""

from datetime import UTC, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from connections.domain.identifiers import ConnectionId, CustomerId
from connections.entrypoints.access_bodies import AuditPage, ReadAuditEntry
from connections.entrypoints.http import API_KEY, new_router
from connections.entrypoints.management_services import services
from connections.entrypoints.parameters import Cursor, CustomerIdText, Limit

router = new_router()


@router.get("/audit", summary="Read who changed what", tags=["Access"], security=API_KEY)
def list_audit(
    customer_id: Annotated[CustomerIdText | None, Query(alias="customerId")] = None,
    connection_id: Annotated[CustomerIdText | None, Query(alias="connectionId")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AuditPage:
    """Newest first: of everything, of a customer, or of a connection."""
    found, following = services().audit.page(
        customer_id=CustomerId(customer_id) if customer_id is not None else None,
        connection_id=ConnectionId(connection_id) if connection_id is not None else None,
        limit=limit,
        cursor=cursor,
        now=datetime.now(UTC),
    )
    return AuditPage(items=[ReadAuditEntry.of(each) for each in found], next_cursor=following)
