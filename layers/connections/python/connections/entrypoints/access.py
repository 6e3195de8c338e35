"""Who may do what: the one table, and the one place that decides by it.

What a caller may not know of answers as if it did not exist (404); what is known and not allowed
is refused (403). Nothing else in the service asks who is calling, but to say whose a new thing is
and to leave out of a list what the caller may not see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from connections.application.ports import Connections
from connections.domain.audit import Action
from connections.domain.caller import Caller, CustomerUser, Organization, Owner, Role, Scope
from connections.domain.errors import Forbidden, NotFound
from connections.domain.identifiers import ConnectionId, CustomerId, well_formed


class Reach(StrEnum):
    """How far a customer's user comes with a call."""

    NOTHING = "nothing"
    OWN = "own"
    """What is that user's alone."""
    CUSTOMER = "customer"
    """What is the customer's, or the user's own."""


NOTHING, OWN, CUSTOMER = Reach.NOTHING, Reach.OWN, Reach.CUSTOMER


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a route: a key that has one of the scopes, and customers' admins and users."""

    scopes: frozenset[Scope]
    admin: Reach
    user: Reach
    action: Action | None = None
    """As what it stands in the audit, if it changes something."""

    @property
    def open(self) -> bool:
        """Whether the route asks nobody who they are."""
        return not self.scopes


def _rule(scopes: str, admin: Reach, user: Reach, action: Action | None = None) -> Rule:
    return Rule(frozenset(map(Scope, scopes.split())), admin, user, action)


_ANY = " ".join(Scope)
_READ, _WRITE, _ACCESS = "connections:read", "connections:write", "access:write"
_OPEN = _rule("", NOTHING, NOTHING)

# fmt: off
RULES: Mapping[str, Rule] = {
    #                                             scopes of a key      admin     user      audit
    "GET /health":                          _OPEN,
    "GET /regions":                         _OPEN,
    "GET /openapi.json":                    _OPEN,
    "GET /problems/{code}":                 _OPEN,
    "GET /authorize":                       _OPEN,
    "POST /authorize":                      _OPEN,
    "GET /callback":                        _OPEN,
    "POST /callback":                       _OPEN,
    "GET /authorization-complete":          _OPEN,
    "GET /components":                      _rule(_ANY,                CUSTOMER, CUSTOMER),
    "GET /components/{component}":          _rule(_ANY,                CUSTOMER, CUSTOMER),
    "PUT /components/{component}":          _rule("definitions:write", NOTHING,  NOTHING,
                                                  Action.COMPONENT_PUBLISHED),
    "GET /connections":                     _rule(_READ,               CUSTOMER, CUSTOMER),
    "POST /connections":                    _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.CONNECTION_CREATED),
    "GET /connections/{connection}":        _rule(_READ,               CUSTOMER, CUSTOMER),
    "GET /connections/{connection}/logs":   _rule(_READ,               CUSTOMER, CUSTOMER),
    "POST /connections/{connection}/authorizations":
                                            _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.AUTHORIZATION_CREATED),
    "POST /connections/{connection}/refresh":
                                            _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.CONNECTION_REFRESHED),
    "POST /connections/{connection}/disconnect":
                                            _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.CONNECTION_DISCONNECTED),
    # What an execution saw is no change that somebody made: it stands in the light, not the audit.
    "POST /connections/{connection}/reports":
                                            _rule(f"{_WRITE} credentials:read", NOTHING, NOTHING),
    # A reading leaves a line in the function's log group.
    "GET /connections/{connection}/credentials":
                                            _rule("credentials:read",  NOTHING,  NOTHING),
    "GET /customers":                       _rule(_READ,               NOTHING,  NOTHING),
    "POST /customers":                      _rule(_WRITE,              NOTHING,  NOTHING,
                                                  Action.CUSTOMER_CREATED),
    "GET /customers/{customer}":            _rule(_READ,               CUSTOMER, CUSTOMER),
    "PATCH /customers/{customer}":          _rule(_WRITE,              NOTHING,  NOTHING,
                                                  Action.CUSTOMER_CHANGED),
    "DELETE /customers/{customer}":         _rule(_WRITE,              NOTHING,  NOTHING,
                                                  Action.CUSTOMER_DELETED),
    "GET /api-keys":                        _rule(_ACCESS,             NOTHING,  NOTHING),
    "POST /api-keys":                       _rule(_ACCESS,             NOTHING,  NOTHING,
                                                  Action.API_KEY_CREATED),
    "POST /api-keys/{key}/rotate":          _rule(_ACCESS,             NOTHING,  NOTHING,
                                                  Action.API_KEY_ROTATED),
    "DELETE /api-keys/{key}":               _rule(_ACCESS,             NOTHING,  NOTHING,
                                                  Action.API_KEY_DELETED),
    "GET /signing-keys":                    _rule(_ACCESS,             NOTHING,  NOTHING),
    "POST /signing-keys":                   _rule(_ACCESS,             NOTHING,  NOTHING,
                                                  Action.SIGNING_KEY_CREATED),
    "DELETE /signing-keys/{key}":           _rule(_ACCESS,             NOTHING,  NOTHING,
                                                  Action.SIGNING_KEY_DELETED),
    "GET /audit":                           _rule(_ACCESS,             NOTHING,  NOTHING),
}
# fmt: on
"""Of every route of the API."""


def admit(
    route: str, caller: Caller, parameters: Mapping[str, str], connections: Connections
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
        return _owner(parameters, connections) if rule.action is not None else None
    reach = rule.admin if caller.role is Role.ADMIN else rule.user
    if reach is NOTHING:
        raise Forbidden("This is for the organization's API keys.")
    owner = _owner(parameters, connections)
    if owner is not None:
        if not caller.sees(owner):
            raise NotFound("There is no such thing.")
        if reach is OWN and not caller.owns(owner):
            raise Forbidden("This is for the customer's admins: it is not the user's own.")
    return owner


_NOBODYS = Owner(user_id="")
"""Of what does not exist: no customer's user sees it."""


def _owner(parameters: Mapping[str, str], connections: Connections) -> Owner | None:
    """Return whose the thing is that the path names; None if it is of no customer's kind."""
    if "connection" in parameters:
        identifier = parameters["connection"]
        found = connections.get(ConnectionId(identifier)) if well_formed(identifier) else None
        return found.owner if found else _NOBODYS
    if "customer" in parameters:
        return Owner(customer_id=CustomerId(parameters["customer"]))
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
