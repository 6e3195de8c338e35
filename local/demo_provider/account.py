"""The one account the demo provider has. Nobody signs in: every visitor is its owner."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A resource owner."""

    sub: str
    name: str
    email: str


ADA = Account(sub="ada", name="Ada Lovelace", email="ada@demo-crm.example")
