"""Ways in which a client is registered at a server, and entered for a connection."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from joserfc.jwk import ECKey, RSAKey

CHANGED_BY_FORM_ENCODING = "p:q+r%2Fs t/u&v="


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A client on both sides: the server's metadata of it, and what a connection is given."""

    client: Mapping[str, object] = field(repr=False)
    """What RFC 7591 section 2 calls its metadata."""
    values: Mapping[str, str] = field(repr=False)
    authentication: str
    """How the server's ledger names what it sends."""
    assertion: Mapping[str, str] | None = None
    """The protected header of the assertions that it sends."""

    @property
    def client_id(self) -> str:
        """The client's id, on both sides."""
        return self.values["clientId"]

    @property
    def method(self) -> str:
        """The method of authentication that it is registered with."""
        return str(self.client["token_endpoint_auth_method"])


def with_a_secret(method: str) -> Registration:
    """A client whose id and secret have what form-encoding changes (RFC 6749 appendix B)."""
    client_id = f"crm:{method} 50%+/"
    secret = CHANGED_BY_FORM_ENCODING + secrets.token_hex(16)
    return Registration(
        client=_metadata(method, client_id, client_secret=secret),
        values={"clientId": client_id, "clientSecret": secret},
        authentication=method,
    )


def with_a_secret_to_sign_with() -> Registration:
    """A client whose assertions are signed with its secret."""
    method = "client_secret_jwt"
    secret = secrets.token_hex(32)
    return Registration(
        client=_metadata(method, method, client_secret=secret),
        values={"clientId": method, "clientSecret": secret},
        authentication="client_assertion",
        assertion={"typ": "JWT", "alg": "HS256"},
    )


def with_an_rsa_key_as_pem() -> Registration:
    """A client that signs with an RSA key, which says nothing of itself."""
    key = RSAKey.generate_key(2048)
    return _with_a_key(
        "rsa", key, key.as_pem(private=True).decode(), {"typ": "JWT", "alg": "RS256"}
    )


def with_a_p256_key_as_jwk() -> Registration:
    """A client that signs with a key on P-256, which has an id."""
    key = an_ec_key()
    return _with_a_key("p256", key, as_jwk(key), {"typ": "JWT", "alg": "ES256", "kid": "signing-1"})


def without_secrets() -> Registration:
    """A public client: its proof is PKCE's."""
    return Registration(
        client=_metadata("none", "public", client_secret=None),
        values={"clientId": "public"},
        authentication="none",
    )


def an_ec_key() -> ECKey:
    """A key on P-256 with the id that the server knows."""
    return ECKey.generate_key("P-256", {"kid": "signing-1"})


def as_jwk(key: ECKey) -> str:
    """Return the key as a JWK with `d`."""
    return json.dumps(key.as_dict(private=True))


def _with_a_key(
    client_id: str, key: RSAKey | ECKey, private_key: str, header: Mapping[str, str]
) -> Registration:
    algorithm = header["alg"]
    jwks = {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": algorithm}]}
    return Registration(
        client=_metadata(
            "private_key_jwt",
            client_id,
            client_secret=None,
            jwks=jwks,
            token_endpoint_auth_signing_alg=algorithm,
        ),
        values={"clientId": client_id, "privateKey": private_key},
        authentication="client_assertion",
        assertion=header,
    )


def _metadata(method: str, client_id: str, **members: object) -> dict[str, object]:
    return {"client_id": client_id, "token_endpoint_auth_method": method, **members}
