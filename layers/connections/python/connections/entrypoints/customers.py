"""The organization's customers."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from connections.domain.identifiers import CustomerId
from connections.entrypoints.access_bodies import (
    CreateCustomer,
    CustomerPage,
    PatchCustomer,
    ReadCustomer,
)
from connections.entrypoints.http import API_KEY, new_router
from connections.entrypoints.management_services import services
from connections.entrypoints.parameters import Cursor, IdempotencyKey, Limit

router = new_router()
CustomerPath = Annotated[str, Path(alias="customer", min_length=1, max_length=100)]


@router.post(
    "/customers",
    summary="Create a customer",
    tags=["Customers"],
    security=API_KEY,
    status_code=201,
)
def create_customer(wanted: CreateCustomer, idempotency_key: IdempotencyKey = None) -> ReadCustomer:
    """`externalId` is how the organization knows the customer; signed tokens name it."""
    book = services().customers
    return ReadCustomer.of(book.create(wanted.name, wanted.external_id, idempotency_key))


@router.get("/customers", summary="List customers", tags=["Customers"], security=API_KEY)
def list_customers(limit: Limit = 50, cursor: Cursor = None) -> CustomerPage:
    """Newest first."""
    found, following = services().customers.page(limit=limit, cursor=cursor)
    return CustomerPage(items=[ReadCustomer.of(each) for each in found], next_cursor=following)


@router.get(
    "/customers/<customer>", summary="Read a customer", tags=["Customers"], security=API_KEY
)
def read_customer(customer: CustomerPath) -> ReadCustomer:
    """A customer's user reads their own."""
    return ReadCustomer.of(services().customers.read(CustomerId(customer)))


@router.patch(
    "/customers/<customer>", summary="Rename a customer", tags=["Customers"], security=API_KEY
)
def patch_customer(customer: CustomerPath, changes: PatchCustomer) -> ReadCustomer:
    """The external id stays: what was signed for it would change its meaning."""
    return ReadCustomer.of(services().customers.rename(CustomerId(customer), changes.name))


@router.delete(
    "/customers/<customer>",
    summary="Delete a customer with all it has",
    tags=["Customers"],
    security=API_KEY,
    status_code=202,
)
def delete_customer(customer: CustomerPath) -> ReadCustomer:
    """Its connections are disconnected, their tokens revoked, and everything of it is removed.

    That takes a while; when it is done the customer answers 404. Sent again, it is taken up again.
    """
    return ReadCustomer.of(services().customers.delete(CustomerId(customer)))
