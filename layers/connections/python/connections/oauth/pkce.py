"""Proof Key for Code Exchange (RFC 7636)."""

import base64

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from connections.domain.identifiers import Randomness

VERIFIER_BYTES = 48


def code_verifier(randomness: Randomness) -> str:
    """Return a new verifier of 64 characters (RFC 7636 section 4.1 asks for 43 to 128)."""
    return base64.urlsafe_b64encode(randomness(VERIFIER_BYTES)).decode()


def challenge_parameters(verifier: str, method: str) -> dict[str, str]:
    """Return the authorization request's parameters for a verifier (RFC 7636 section 4.3)."""
    challenge = create_s256_code_challenge(verifier) if method == "S256" else verifier
    return {"code_challenge": challenge, "code_challenge_method": method}
