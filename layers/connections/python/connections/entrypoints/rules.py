"""Who may do what: the one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from connections.domain.audit import Action
from connections.domain.caller import Scope


class Reach(StrEnum):
    """How far a customer's user comes with a call."""

    NOTHING = "nothing"
    OWN = "own"
    """What is that user's alone."""
    CUSTOMER = "customer"
    """What is the customer's, or the user's own."""
    OFFERED = "offered"
    """That, and what the organization offers to all customers."""


NOTHING, OWN, CUSTOMER, OFFERED = Reach.NOTHING, Reach.OWN, Reach.CUSTOMER, Reach.OFFERED


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
_BUILD, _LOOK = "definitions:write", "definitions:write connections:read"
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
    "DELETE /components/{component}":       _rule("definitions:write", NOTHING,  NOTHING,
                                                  Action.COMPONENT_DELETED),
    "GET /connection-templates":            _rule(_LOOK,               CUSTOMER, CUSTOMER),
    "POST /connection-templates":           _rule(_BUILD,              NOTHING,  NOTHING,
                                                  Action.TEMPLATE_CREATED),
    # Of these a customer's caller sees the shared ones, and what they fill of none.
    "GET /connection-templates/{template}": _rule(_LOOK,               CUSTOMER, CUSTOMER),
    "PATCH /connection-templates/{template}":
                                            _rule(_BUILD,              NOTHING,  NOTHING,
                                                  Action.TEMPLATE_CHANGED),
    "DELETE /connection-templates/{template}":
                                            _rule(_BUILD,              NOTHING,  NOTHING,
                                                  Action.TEMPLATE_DELETED),
    "GET /connections":                     _rule(_READ,               CUSTOMER, CUSTOMER),
    "POST /connections":                    _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.CONNECTION_CREATED),
    "GET /connections/{connection}":        _rule(_READ,               CUSTOMER, CUSTOMER),
    "PATCH /connections/{connection}":      _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.CONNECTION_CHANGED),
    "DELETE /connections/{connection}":     _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.CONNECTION_DELETED),
    "GET /connections/{connection}/logs":   _rule(_READ,               CUSTOMER, CUSTOMER),
    "POST /connections/{connection}/authorizations":
                                            _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.AUTHORIZATION_CREATED),
    "GET /connections/{connection}/authorizations/{authorization}":
                                            _rule(_READ,               CUSTOMER, CUSTOMER),
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
    "GET /organization":                    _rule(_ANY,                NOTHING,  NOTHING),
    "PATCH /organization":                  _rule(_ACCESS,             NOTHING,  NOTHING,
                                                  Action.ORGANIZATION_CHANGED),
    "GET /audit":                           _rule(_ACCESS,             NOTHING,  NOTHING),
    "GET /integrations":                    _rule(_LOOK,               CUSTOMER, CUSTOMER),
    "POST /integrations":                   _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_CREATED),
    "GET /integrations/{integration}":      _rule(_LOOK,               OFFERED,  OFFERED),
    "PATCH /integrations/{integration}":    _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_CHANGED),
    "DELETE /integrations/{integration}":   _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_DELETED),
    "GET /integrations/{integration}/definition":
                                            _rule(_LOOK,               CUSTOMER, CUSTOMER),
    "PUT /integrations/{integration}/definition":
                                            _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_CHANGED),
    "POST /integrations/{integration}/steps":
                                            _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_CHANGED),
    "PATCH /integrations/{integration}/steps/{step}":
                                            _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_CHANGED),
    "DELETE /integrations/{integration}/steps/{step}":
                                            _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_CHANGED),
    "POST /integrations/{integration}/config-variables":
                                            _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_CHANGED),
    "PATCH /integrations/{integration}/config-variables/{variable}":
                                            _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_CHANGED),
    "DELETE /integrations/{integration}/config-variables/{variable}":
                                            _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_CHANGED),
    "POST /integrations/{integration}/versions":
                                            _rule(_BUILD,              CUSTOMER, NOTHING,
                                                  Action.INTEGRATION_PUBLISHED),
    "GET /integrations/{integration}/versions":
                                            _rule(_LOOK,               CUSTOMER, CUSTOMER),
    "GET /integrations/{integration}/versions/{version}":
                                            _rule(_LOOK,               CUSTOMER, CUSTOMER),
    "GET /instances":                       _rule(_READ,               CUSTOMER, CUSTOMER),
    "POST /instances":                      _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.INSTANCE_CREATED),
    "GET /instances/{instance}":            _rule(_READ,               CUSTOMER, CUSTOMER),
    "PATCH /instances/{instance}":          _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.INSTANCE_CHANGED),
    "DELETE /instances/{instance}":         _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.INSTANCE_DELETED),
    "GET /instances/{instance}/config-pages":
                                            _rule(_READ,               CUSTOMER, CUSTOMER),
    "PATCH /instances/{instance}/config-variables":
                                            _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.INSTANCE_CONFIGURED),
    "POST /instances/{instance}/deploy":    _rule(_WRITE,              CUSTOMER, OWN,
                                                  Action.INSTANCE_DEPLOYED),
    # Of these a user reaches what stands under their own id.
    "GET /instances/{instance}/users/{user}/config-pages":
                                            _rule(_READ,               CUSTOMER, CUSTOMER),
    "PATCH /instances/{instance}/users/{user}/config-variables":
                                            _rule(_WRITE,              CUSTOMER, CUSTOMER,
                                                  Action.INSTANCE_CONFIGURED),
    "POST /instances/{instance}/users/{user}/deploy":
                                            _rule(_WRITE,              CUSTOMER, CUSTOMER,
                                                  Action.INSTANCE_DEPLOYED),
    "GET /instances/{instance}/credentials":
                                            _rule("credentials:read",  NOTHING,  NOTHING),
}
# fmt: on
"""Of every route of the API."""
