"""What went wrong, in words that say what to do. They stand in logs and on pages."""

from datetime import datetime

from connections.domain.connection import Reason
from connections.domain.failure import FailureKind

CONNECTED = "The customer consented and the tokens are stored."
CONNECTED_FOR_A_WHILE = (
    "The customer consented and the access token is stored, but there is no refresh token: it"
    " cannot be renewed. If the provider needs it, ask for offline access in the scopes or in the"
    " authorize URL, and connect again."
)

FETCHED = "The access token was fetched with the client's credentials and is stored."
REFRESHED_AGAIN = "The tokens are refreshed again."
FAILED_FOR_NOW = (
    "The refresh failed for now and is tried again by itself; until then the access token is handed"
    " out while it lives. If the client id, the client secret or other values are your own, check"
    " them at the provider."
)
APP_RENEWED = (
    "The client secret of this connection was refused; the one that was entered since works and is"
    " used from now on."
)
TAKEN_UP = "The access token was fetched under the inputs as they are now."

ACCOUNT_CHANGED = (
    "Another account consented than the one that was connected before. If that was not meant, press"
    " CONNECT again with the former account."
)

DISCONNECT_FINISHED = (
    "The connection was disconnected: a disconnect that was cut short had deleted the tokens."
)
NOT_STORED = (
    "The customer consented, but storage did not answer: the tokens could not be kept. Press"
    " CONNECT again."
)
NOT_EXCHANGED = (
    "Storage did not answer, so the code was not exchanged. Press CONNECT again; the link is good."
)

REJECTIONS = {
    "callback-too-large": "The authorization response was longer than 8 KB.",
    "repeated-parameter": "The authorization response repeated a parameter, which is forbidden.",
    "state-missing": "The page was opened without an authorization response. Start with CONNECT.",
    "unknown-state": "This authorization is unknown or has long expired. Press CONNECT again.",
    "flow-used": "This authorization response was used before. If the connection is not connected,"
    " press CONNECT again.",
    "link-used": "The link under which this began was used meanwhile. If the connection is not"
    " connected as it should be, ask for a new link.",
    "flow-expired": "The consent took longer than ten minutes. Press CONNECT again.",
    "other-browser": "The authorization began in another browser. Open the link and press CONNECT"
    " in the browser in which you consent, with cookies allowed.",
    "issuer-mismatch": "Another authorization server answered than the one that was asked. Check"
    " the issuer in the connection definition; if it is right, do not connect.",
    "issuer-missing": "The authorization response does not say which server it is of, though its"
    " server promises that it always does. Press CONNECT again; if it happens every time, do not"
    " connect.",
    "id-token-rejected": "The ID token that came with the tokens is not of this authorization."
    " Nothing was kept. Press CONNECT again; if it happens every time, check the issuer and the"
    " client id.",
    "other-account": "Another account consented than the one that was connected before, which this"
    " connection does not allow. Sign in with the former account, or DISCONNECT first. The former"
    " consent goes on working.",
    "code-and-error": "The authorization server answered with a code and an error at once.",
    "code-missing": "The authorization server answered without a code. Check the authorize URL.",
    "consent-refused": "The customer refused consent. Press CONNECT again to give it.",
    "authorization-failed": "The authorization server refused the request. Check the client id,"
    " the scopes and the redirect URI that are registered with the app.",
    "scope-refused": "The authorization server refused the scopes. Check how they are written, and"
    " that the app which is registered there may ask for them; then press CONNECT again.",
    "server-failed": "The authorization server is out of order for now. Wait a little and press"
    " CONNECT again.",
    "connection-deleted": "The connection was deleted while you consented. Nothing was kept, and"
    " the provider is asked to forget the consent.",
    "exchange-failed": "The authorization server did not hand out tokens. The connection's log"
    " says why.",
}
"""By the code of a failed authorization."""

REFUSALS = {
    "access_denied": "consent-refused",
    "invalid_scope": "scope-refused",
    "server_error": "server-failed",
    "temporarily_unavailable": "server-failed",
}
"""The code of a failed authorization by the error that came in place of a code."""


def nobody_came_back(redirect_uri: str) -> str:
    """Return what to do when an authorization server was asked and nothing came back."""
    return (
        "Nothing came back from the authorization server within ten minutes. If the customer"
        " closed the window or is no longer at it, press CONNECT again. If they saw an error page"
        " there, check the authorize URL and the client id, and that the app has exactly"
        f" {redirect_uri} among its redirect URIs. If they saw no page at all, check the authorize"
        " URL, or the authorization server is down."
    )


def unauthorized(execution_id: str | None) -> str:
    """Return what is said when an execution saw the access token refused."""
    who = "An execution" if execution_id is None else f"The execution {execution_id}"
    return (
        f"{who} reported that the third party refuses the access token, and a refresh was asked"
        " for. If the next token is refused as well, check what the account may do there."
    )


def consent_ends(at: datetime) -> str:
    """Return what to do about a consent that ends whatever is done with its tokens."""
    return (
        f"The provider ends this consent on {at:%Y-%m-%d}, however it is used. Send the customer to"
        " CONNECT before then: the connection goes on working meanwhile."
    )


def answer_lost(at: datetime | None) -> str:
    """Return what to do when a refresh token was refused because its use had not been answered."""
    when = "earlier" if at is None else f"at {at:%Y-%m-%d %H:%M} UTC"
    return (
        f"An answer of the authorization server was lost {when} and the refresh token had changed"
        " with it. Press CONNECT again."
    )


EXCHANGE_REMEDIES = {
    FailureKind.GRANT: "The code had expired or was used; press CONNECT again. If it happens every"
    " time, check the redirect URI and the client id that are registered with the app.",
    FailureKind.CLIENT: "Check the client id and the client secret, then press CONNECT again.",
    FailureKind.WAIT: "If it happens every time, check the token URL; else wait a little and press"
    " CONNECT again.",
    FailureKind.UNKNOWN: "Check the token URL, then press CONNECT again.",
}
"""What to do when a code could not be exchanged."""

REFRESH_REMEDIES = {
    Reason.ANSWER_LOST: answer_lost(None),
    Reason.GRANT_REVOKED: "The customer or the app's administrator ended the consent, or it"
    " expired. Press CONNECT again.",
    Reason.EXPIRED: "Ask the provider for offline access, in the scopes or in the authorize URL,"
    " and press CONNECT again.",
    Reason.OPERATOR_ACTION_REQUIRED: "The app is refused, not the customer: check the client id and"
    " the client secret at the provider, or enter the new secret. It is tried again by itself.",
    Reason.OUTCOME_UNKNOWN: "Whether the server acted is not known: the refresh token is tried"
    " again when nothing can be lost by it.",
    Reason.RATE_LIMITED: "It is tried again by itself.",
    Reason.PROVIDER_UNAVAILABLE: "It is tried again by itself.",
}
"""What to do when a refresh failed, by the reason that the connection gets."""
