"""What the organization says of itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationProfile:
    """The organization's name, and where its applications take browsers back."""

    name: str | None = None
    allowed_return_urls: tuple[str, ...] = ()
    """Where a browser may be sent after an authorization: one of these, character by character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange:
    """What is to become different; None stays."""

    name: str | None = None
    allowed_return_urls: tuple[str, ...] | None = None
