"""Who is calling: what a customer's user sees, and what is their own."""

import pytest

from connections.domain.caller import ORGANIZATION, CustomerUser, Owner, Role, Scope
from connections.domain.identifiers import CustomerId
from tests.builders import ADA, CUSTOMER

OTHER = CustomerId("cus_00000000000000000000000002")
OF_CUSTOMER = Owner(customer_id=CUSTOMER)
OF_BOB = Owner(customer_id=CUSTOMER, user_id="bob")
OF_ANOTHER_ADA = Owner(customer_id=OTHER, user_id="ada")
OF_OTHER = Owner(customer_id=OTHER)
OF_NO_CUSTOMERS_ADA = Owner(user_id="ada")
OWNERS = [
    ORGANIZATION,
    OF_CUSTOMER,
    ADA,
    OF_BOB,
    OF_OTHER,
    OF_ANOTHER_ADA,
    OF_NO_CUSTOMERS_ADA,
]


def a_user(role: Role, user_id: str = "ada") -> CustomerUser:
    return CustomerUser(customer_id=CUSTOMER, user_id=user_id, role=role)


def test_a_user_sees_what_is_the_customers_or_their_own() -> None:
    user = a_user(Role.USER)

    assert [owner for owner in OWNERS if user.sees(owner)] == [OF_CUSTOMER, ADA]


def test_an_admin_sees_all_that_is_the_customers_and_its_users() -> None:
    admin = a_user(Role.ADMIN)

    assert [owner for owner in OWNERS if admin.sees(owner)] == [OF_CUSTOMER, ADA, OF_BOB]


@pytest.mark.parametrize("role", Role)
def test_only_what_is_a_users_own_is_their_own_whatever_the_role(role: Role) -> None:
    assert [owner for owner in OWNERS if a_user(role).owns(owner)] == [ADA]


def test_what_is_nobodys_is_the_organizations() -> None:
    assert Owner() == ORGANIZATION
    assert (ORGANIZATION.customer_id, ORGANIZATION.user_id) == (None, None)


def test_the_words_of_access_are_stable() -> None:
    assert [scope.value for scope in Scope] == [
        "definitions:write", "connections:read", "connections:write", "credentials:read",
        "access:write",
    ]  # fmt: skip
    assert [role.value for role in Role] == ["admin", "user"]
