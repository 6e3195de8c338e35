"""What became of a grant's tokens at the authorization server when it was disconnected here."""

from enum import StrEnum


class Revocation(StrEnum):
    """What a caller is told who disconnects."""

    REVOKED = "revoked"
    """The server confirmed it at once."""
    QUEUED = "queued"
    """It is tried again for about a day."""
    NOT_SUPPORTED = "not-supported"
    """There is no endpoint for it, or none that can be called."""
