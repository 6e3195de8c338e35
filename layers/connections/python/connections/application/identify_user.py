"""Recognize a customer's user by the token that the organization signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connections.application.access_ports import KnownCustomers, SigningKeys
from connections.application.identify_caller import Identified, Unknown
from connections.application.key_sets import KeySets
from connections.application.ports import Clock
from connections.domain.caller import CustomerUser
from connections.domain.errors import Unavailable
from connections.domain.signing_key import SigningKey
from connections.oauth.user_token import TokenRefused, UserToken, key_id, verified_token


@dataclass(frozen=True, slots=True, kw_only=True)
class UserIdentification:
    """Tells which customer's user it is."""

    signing_keys: SigningKeys
    key_sets: KeySets
    customers: KnownCustomers
    clock: Clock
    audiences: tuple[str, ...]
    """One of them a token must name if it names an audience: the addresses of this stack."""

    def identify(self, credential: str) -> Identified:
        """Return whose token this is.

        Raises:
            Unknown: nobody's that is known.
            Unavailable: storage or a key set cannot be had, so it cannot be told.
        """
        try:
            token = self._token(credential)
        except TokenRefused as refused:
            raise Unknown(refused.reason) from None
        customer_id = self.customers.by_external_id(token.customer)
        if customer_id is None:
            raise Unknown("unknown-customer")
        caller = CustomerUser(
            customer_id=customer_id,
            user_id=token.subject,
            role=token.role,
            embedding=token.embedding,
        )
        return Identified(caller=caller, until=token.expires_at)

    def _token(self, credential: str) -> UserToken:
        """Return the verified token; of several keys that could have signed it, one must have.

        Raises:
            TokenRefused: none has, or what it says does not hold.
            Unavailable: a key set cannot be had, and no other key has.
        """
        kid = key_id(credential)
        ending: TokenRefused | Unavailable = TokenRefused("no-signing-key")
        # Those that must be fetched come last: what hangs there keeps nobody else out.
        for key in sorted(self.signing_keys.all(), key=lambda each: each.jwks_url is not None):
            try:
                return verified_token(
                    credential,
                    self._keys(key, kid),
                    audiences=self.audiences,
                    issuer=key.issuer,
                    now=self.clock.now(),
                )
            except (TokenRefused, Unavailable) as error:
                # A set that cannot be had may be the one: that is no refusal, and it stays so.
                ending = ending if isinstance(ending, Unavailable) else error
        raise ending

    def _keys(self, key: SigningKey, kid: str | None) -> Sequence[Mapping[str, Any]]:
        if key.jwks_url is None:
            return [{"kid": key.id, **(key.jwk or {})}]
        return self.key_sets.fetch(key.jwks_url, kid)
