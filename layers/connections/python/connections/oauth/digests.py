"""What stands for a secret where it is enough to recognize it."""

from hashlib import sha256


def digest(secret: str) -> str:
    """Return the SHA-256 of a value that is found or compared again but never stored."""
    return sha256(secret.encode()).hexdigest()
