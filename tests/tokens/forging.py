"""Ways to forge a customer user's signed token."""

import base64
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from tests.tokens.signer import Signer, b64

HEADER, PAYLOAD = 0, 1
MALFORMED = ("header-malformed", "payload-malformed")


@dataclass(frozen=True, slots=True)
class Forgery:
    """A token that must be refused, and why: `forgery(signer, audience, now)`."""

    reason: str
    made: Callable[[Signer, str, datetime], str]

    def __call__(self, signer: Signer, audience: str, now: datetime) -> str:
        return self.made(signer, audience, now)


@cache
def another(algorithm: str) -> Signer:
    """Return a signer that nobody registered."""
    return {"RS256": Signer.rsa, "ES256": Signer.ec, "EdDSA": Signer.ed25519}[algorithm]()


def claiming(reason: str, **claims: Any) -> Forgery:
    """Change claims; a function is of the present in seconds."""

    def made(signer: Signer, audience: str, now: datetime) -> str:
        at = int(now.timestamp())
        changed = {name: value(at) if callable(value) else value for name, value in claims.items()}
        return signer.token(now=now, **{"aud": audience, **changed})

    return Forgery(reason, made)


def heading(reason: str, **members: Any) -> Forgery:
    """Change the header, and sign it."""
    return Forgery(reason, lambda signer, _, now: signer.token(now=now, header=members))


def octets(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "==")


def rewritten(part: int, change: Callable[[bytes], bytes], reason: str = "") -> Forgery:
    """Change the octets of the header or payload, and sign them."""

    def made(signer: Signer, _: str, now: datetime) -> str:
        parts = [octets(each) for each in signer.token(now=now).split(".")[:2]]
        parts[part] = change(parts[part])
        return signer.compact(*parts)

    return Forgery(reason or MALFORMED[part], made)


def mangled(reason: str, change: Callable[[str, str, str], str]) -> Forgery:
    """Change a right token's text afterwards."""
    return Forgery(reason, lambda signer, _, now: change(*signer.token(now=now).split(".")))


def spelled_otherwise(part: str) -> str:
    """Spell the same octets in another way: the last character's unused bits are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) | 1]


def respelled(part: int) -> Forgery:
    """Sign a text whose header or payload is spelled in another way."""

    def made(signer: Signer, _: str, now: datetime) -> str:
        parts = signer.token(now=now).split(".")[:2]
        spelled = octets(parts[part])
        spelled += b" " * (-(len(spelled) - 1) % 3)
        parts[part] = spelled_otherwise(b64(spelled))
        return signer.sealed(".".join(parts))

    return Forgery(MALFORMED[part], made)


def with_secret(secret: Callable[[Signer], bytes]) -> Forgery:
    """Sign with HS256, by a secret that everybody knows."""

    def made(signer: Signer, _: str, now: datetime) -> str:
        head = b64(signer.header(alg="HS256"))
        signed = f"{head}.{signer.token(now=now).split('.')[1]}"
        return f"{signed}.{b64(hmac.digest(secret(signer), signed.encode(), 'sha256'))}"

    return Forgery("algorithm-not-allowed", made)


def by_another(reason: str, header: Callable[[Signer], Mapping[str, Any]]) -> Forgery:
    """Sign with a key that nobody registered, and say whatever may help."""

    def made(signer: Signer, _: str, now: datetime) -> str:
        kid = {} if signer.kid is None else {"kid": signer.kid}
        other = another(signer.algorithm)
        return other.token(now=now, header={**kid, **header(other)})

    return Forgery(reason, made)


def unsecured(name: str, *, keep: bool = False) -> Forgery:
    """Say that there is no signature, with or without one."""

    def made(signer: Signer, _: str, now: datetime) -> str:
        token = signer.token(now=now, header={"alg": name})
        return token if keep else token[: token.rindex(".") + 1]

    return Forgery("unsecured", made)
