"""The one place that decides by the table of `rules` who may pass.

What a caller may not know of answers as if it did not exist (404); what is known and not allowed
is refused (403). Nothing else in the service asks who is calling, but to say whose a new thing is
and to leave out of a list or an answer what the caller may not see.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connections.domain.caller import Caller, CustomerUser, Organization, Owner, Role
from connections.domain.errors import Forbidden, NotFound
from connections.domain.identifiers import CustomerId, well_formed
from connections.entrypoints.rules import NOTHING, OFFERED, OWN, RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Whose something is."""

    owner: Owner
    offered: bool = False
    """Whether the organization offers it to all customers."""


Belongings = Mapping[str, Callable[[str], Belonging | None]]
"""By the name of a path's parameter: what says whose the thing of an id is, if there is one."""
_NOBODYS = Belonging(owner=Owner(user_id=""))
"""Of what does not exist: no customer's user sees it."""


def admit(
    route: str, caller: Caller, parameters: Mapping[str, str], belongings: Belongings
) -> Owner | None:
    """Let a caller through, and return whose the thing is that the path names, where it was asked.

    Raises:
        Forbidden: the caller may not use the route, or not for this.
        NotFound: the path names what the caller may not know of.
    """
    rule = RULES[route]
    if isinstance(caller, Organization):
        if not rule.scopes & caller.scopes:
            raise Forbidden(f"The API key needs the scope {' or '.join(sorted(rule.scopes))}.")
        # Whose it is, the audit wants to know; a reading on the hot path asks for nothing.
        asked = _belonging(parameters, belongings) if rule.action is not None else None
        return asked.owner if asked else None
    reach = rule.admin if caller.role is Role.ADMIN else rule.user
    if reach is NOTHING:
        raise Forbidden("This is for the organization's API keys.")
    found = _belonging(parameters, belongings)
    if found is None or (reach is OFFERED and found.offered):
        return found.owner if found else None
    if not caller.sees(found.owner) or not _own_user(caller, parameters):
        raise NotFound("There is no such thing.")
    if reach is OWN and not caller.owns(found.owner):
        raise Forbidden("This is for the customer's admins: it is not the user's own.")
    return found.owner


def _own_user(caller: CustomerUser, parameters: Mapping[str, str]) -> bool:
    """Tell whether what the path names of a user is this user's, or an admin asks."""
    user = parameters.get("user")
    return user is None or caller.role is Role.ADMIN or user == caller.user_id


def _belonging(parameters: Mapping[str, str], belongings: Belongings) -> Belonging | None:
    """Return whose the thing is that the path names; None if it is of no customer's kind."""
    for name, find in belongings.items():
        if name in parameters:
            identifier = parameters[name]
            return (find(identifier) if well_formed(identifier) else None) or _NOBODYS
    if "customer" in parameters:
        return Belonging(owner=Owner(customer_id=CustomerId(parameters["customer"])))
    return None


def owner_of_new(caller: Caller, customer_id: str | None) -> Owner:
    """Return whose it is what this caller makes: an admin's is the customer's, a user's their own.

    Raises:
        NotFound: it is asked for another customer.
    """
    customer = within_reach(caller, customer_id)
    if isinstance(caller, CustomerUser) and caller.role is Role.USER:
        return Owner(customer_id=customer, user_id=caller.user_id)
    return Owner(customer_id=customer)


def within_reach(caller: Caller, customer_id: str | None) -> CustomerId | None:
    """Return the customer that a call is about: of a customer's user only ever their own.

    Raises:
        NotFound: it is asked for another customer.
    """
    wanted = CustomerId(customer_id) if customer_id is not None else None
    if isinstance(caller, Organization):
        return wanted
    if wanted not in (None, caller.customer_id):
        raise NotFound("There is no such customer.")
    return caller.customer_id


def visible(caller: Caller, owner: Owner) -> bool:
    """Tell whether a thing is in this caller's lists."""
    return isinstance(caller, Organization) or caller.sees(owner)
