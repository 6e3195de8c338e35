"""Customer users' signed tokens: who signs them, and every forgery that we could think of.

Each forgery must be refused wherever a customer user's token is taken: `FORGERIES[name]` is
called with the signer whose public key is registered, the audience and the present.
"""

from collections.abc import Mapping

from tests.tokens.claims import OF_CLAIMS, OF_PAYLOAD, OF_TIMES
from tests.tokens.forging import Forgery
from tests.tokens.form import OF_FORM, OF_SIGNATURE
from tests.tokens.header import OF_HEADER
from tests.tokens.signer import ABSENT, Signer

__all__ = ["ABSENT", "FORGERIES", "Forgery", "Signer"]

FORGERIES: Mapping[str, Forgery] = {
    **OF_FORM,
    **OF_HEADER,
    **OF_SIGNATURE,
    **OF_PAYLOAD,
    **OF_CLAIMS,
    **OF_TIMES,
}
