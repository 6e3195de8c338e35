"""base64url as JOSE writes it: no padding, and one spelling only (RFC 7515 section 2)."""

import base64


def encoded(octets: bytes) -> str:
    """Return the one spelling of these octets."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decoded(unverified: str) -> bytes:
    """Return the octets that a text spells.

    Raises:
        ValueError: it is not the one spelling of any. The standard library leaves out what is
            not of the alphabet, and does not look at the last bits (RFC 4648 section 3.5).
    """
    octets = base64.urlsafe_b64decode(unverified + "=" * (-len(unverified) % 4))
    if encoded(octets) != unverified:
        raise ValueError
    return octets
