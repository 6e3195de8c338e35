"""The demo provider keeps to the RFCs, shows every fault it is asked for, and keeps a ledger."""

import base64
import hashlib
import re
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from local.demo_provider import create_app, serve

ISSUER = "http://127.0.0.1:8080"
CALLBACK = "https://app.example/callback?tenant=1"
VERIFIER = "v" * 43
SECRET = "a secret+with/odd:characters"


@dataclass(slots=True)
class Demo:
    """A client of the demo provider, and a clock to turn."""

    now: float = 1_700_000_000.0
    http: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.http = create_app(ISSUER, clock=lambda: self.now).test_client()

    def register(self, **changes: Any) -> None:
        client = {"client_id": "crm", "client_secret": SECRET, "redirect_uris": [CALLBACK]}
        registered = self.http.post("/_clients", json={**client, **changes})
        assert registered.status_code == 201, registered.text

    def fault(self, endpoint: str, kind: str, **more: Any) -> None:
        asked = {"endpoint": endpoint, "fault": kind, **more}
        assert self.http.post("/_faults", json=asked).status_code == 201

    def page(self, **changes: str | None) -> TestResponse:
        return self.http.get("/authorize", query_string=authorization_request(**changes))

    def allow(self, **changes: str | None) -> TestResponse:
        return self.http.post("/authorize", data=form(self.page(**changes)))

    def decide(self, decision: str) -> TestResponse:
        return self.http.post("/authorize", data=form(self.page(), decision))

    def code(self, **changes: str | None) -> str:
        return answered(self.allow(**changes))["code"]

    def token(self, **parameters: str | None) -> TestResponse:
        with_secret = {"client_id": "crm", "client_secret": SECRET, **parameters}
        return self.http.post("/token", data=present(with_secret))

    def redeem(self, code: str, **changes: str | None) -> TestResponse:
        request = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER, **changes}
        return self.token(grant_type="authorization_code", **request)

    def refresh(self, refresh_token: str, **changes: str | None) -> TestResponse:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **changes)

    def connect(self, **changes: str | None) -> dict[str, Any]:
        return body(self.redeem(self.code(**changes)))

    def revoke(self, token: str, **more: str) -> TestResponse:
        request = {"client_id": "crm", "client_secret": SECRET, "token": token, **more}
        return self.http.post("/revoke", data=request)

    def introspect(self, token: str, **changes: str) -> TestResponse:
        request = {"client_id": "crm", "client_secret": SECRET, "token": token, **changes}
        return self.http.post("/introspect", data=request)

    def active(self, token: str) -> bool:
        return bool(body(self.http.get(f"/_tokens/{fingerprint(token)}"))["active"])

    def userinfo(self, token: str) -> TestResponse:
        return self.http.get("/userinfo", headers={"Authorization": f"Bearer {token}"})

    def ledger(self, since: int = 0) -> dict[str, Any]:
        return body(self.http.get(f"/_ledger?since={since}"))


@pytest.fixture
def demo() -> Demo:
    demo = Demo()
    demo.register()
    return demo


def authorization_request(**changes: str | None) -> dict[str, str]:
    request: dict[str, str | None] = {
        "response_type": "code",
        "client_id": "crm",
        "redirect_uri": CALLBACK,
        "scope": "contacts.read contacts.write",
        "state": "a state",
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
    }
    return present({**request, **changes})


def present(parameters: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if value is not None}


def form(page: TestResponse, decision: str = "allow") -> dict[str, str]:
    found = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found} | {"decision": decision}


def answered(response: TestResponse) -> dict[str, str]:
    assert response.location is not None, response.text
    assert response.location.startswith(f"{CALLBACK}&")
    return {name: value for name, (value,) in parse_qs(urlsplit(response.location).query).items()}


def body(response: TestResponse) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return dict(response.get_json())


def refusal(response: TestResponse) -> tuple[int, str]:
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, response.get_json()["error"]


def not_redirected(response: TestResponse) -> int:
    assert response.location is None
    return response.status_code


def fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def test_the_metadata_names_the_issuer_exactly_and_what_is_supported(demo: Demo) -> None:
    metadata = body(demo.http.get("/.well-known/oauth-authorization-server"))
    assert metadata["issuer"] == ISSUER
    assert metadata["token_endpoint"] == f"{ISSUER}/token"
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["authorization_response_iss_parameter_supported"] is True


def test_an_issuer_that_is_neither_https_nor_loopback_is_refused() -> None:
    with pytest.raises(ValueError, match="issuer"):
        create_app("http://crm.example")


def test_a_request_for_a_host_that_is_not_loopback_is_refused(demo: Demo) -> None:
    elsewhere = demo.http.post("/token", base_url="http://crm.example", data={"grant_type": "x"})
    assert refusal(elsewhere) == (400, "insecure_transport")


def test_the_consent_page_says_who_asks_for_what_and_escapes_it(demo: Demo) -> None:
    demo.register(name="Ada & <b>Sons</b>")
    page = demo.page()
    assert "Ada &amp; &lt;b&gt;Sons&lt;/b&gt; wants to access your Demo CRM account" in page.text
    assert "ada@demo-crm.example" in page.text
    assert page.text.count("<li>") == 2
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


def test_allowing_redirects_with_code_state_and_issuer(demo: Demo) -> None:
    response = demo.allow()
    assert response.status_code == 303
    told = answered(response)
    assert told.pop("code")
    assert told == {"tenant": "1", "state": "a state", "iss": ISSUER}


def test_denying_redirects_with_access_denied(demo: Demo) -> None:
    told = answered(demo.decide("deny"))
    assert (told["error"], told["state"], told["iss"]) == ("access_denied", "a state", ISSUER)
    assert "code" not in told


def test_a_consent_page_is_answered_once(demo: Demo) -> None:
    filled_in = form(demo.page())
    assert demo.http.post("/authorize", data=filled_in).status_code == 303
    again = demo.http.post("/authorize", data=filled_in)
    assert not_redirected(again) == 400


@pytest.mark.parametrize("change", [{"scope": "contacts.read"}, {"consent": "guessed"}])
def test_an_answer_that_is_not_the_one_asked_for_is_refused(
    demo: Demo, change: dict[str, str]
) -> None:
    response = demo.http.post("/authorize", data=form(demo.page()) | change)
    assert not_redirected(response) == 400


def test_a_consent_page_is_too_old_after_ten_minutes(demo: Demo) -> None:
    filled_in = form(demo.page())
    demo.now += 601
    assert demo.http.post("/authorize", data=filled_in).status_code == 400


def test_an_answer_that_neither_allows_nor_denies_is_refused(demo: Demo) -> None:
    assert demo.decide("perhaps").status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "unknown"},
        {"client_id": None},
        {"redirect_uri": "https://app.example/other"},
        {"redirect_uri": 'https://app.example/"é'},
    ],
)
def test_an_unknown_client_or_redirect_uri_is_never_redirected(
    demo: Demo, change: dict[str, str | None]
) -> None:
    response = demo.page(**change)
    assert not_redirected(response) == 400
    assert "This request cannot go on" in response.text


def test_a_redirect_uri_given_twice_is_never_redirected(demo: Demo) -> None:
    request = {**authorization_request(), "redirect_uri": [CALLBACK, CALLBACK]}
    response = demo.http.get("/authorize", query_string=request)
    assert not_redirected(response) == 400


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": 'tok"en é'}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"state": ["one", "two"]}, "invalid_request"),
    ],
)
def test_any_other_error_is_redirected_with_state_and_issuer(
    demo: Demo, change: dict[str, str | None], error: str
) -> None:
    demo.register(scope="contacts.read contacts.write")
    response = demo.page(**change)
    assert response.status_code == 302
    told = answered(response)
    assert (told["error"], told["iss"]) == (error, ISSUER)
    assert told["state"] in ("a state", "one")


def test_a_client_with_one_redirect_uri_may_leave_it_out(demo: Demo) -> None:
    code = answered(demo.allow(redirect_uri=None))["code"]
    assert body(demo.redeem(code, redirect_uri=None))["access_token"]


@pytest.mark.parametrize("redirect_uri", [CALLBACK, None])
def test_form_post_answers_with_a_form_that_posts_itself(
    demo: Demo, redirect_uri: str | None
) -> None:
    response = demo.allow(response_mode="form_post", redirect_uri=redirect_uri)
    assert not_redirected(response) == 200
    assert f'action="{CALLBACK}"' in response.text
    posted = form(response)
    assert posted.keys() == {"code", "state", "iss", "decision"}
    assert demo.redeem(posted["code"], redirect_uri=redirect_uri).status_code == 200


def test_a_code_is_redeemed_for_tokens(demo: Demo) -> None:
    response = demo.redeem(demo.code())
    assert response.headers["Cache-Control"] == "no-store"
    tokens = body(response)
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert tokens["scope"] == "contacts.read contacts.write"
    assert demo.active(tokens["access_token"])
    assert demo.active(tokens["refresh_token"])


def test_without_a_scope_the_registered_one_is_granted(demo: Demo) -> None:
    demo.register(scope="contacts.read")
    assert demo.connect(scope=None)["scope"] == "contacts.read"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"redirect_uri": "https://app.example/other"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"code": "guessed"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
    ],
)
def test_a_code_is_bound_to_its_verifier_and_redirect_uri(
    demo: Demo, change: dict[str, Any], error: str
) -> None:
    assert refusal(demo.redeem(**{"code": demo.code(), **change})) == (400, error)


def test_a_client_may_be_registered_without_pkce(demo: Demo) -> None:
    demo.register(require_pkce=False)
    code = demo.code(code_challenge=None, code_challenge_method=None)
    assert demo.redeem(code, code_verifier=None).status_code == 200


def test_a_code_expires_after_a_minute(demo: Demo) -> None:
    code = demo.code()
    demo.now += 61
    assert refusal(demo.redeem(code)) == (400, "invalid_grant")


def test_a_code_of_another_client_is_refused(demo: Demo) -> None:
    demo.register(client_id="other")
    assert refusal(demo.redeem(demo.code(), client_id="other")) == (400, "invalid_grant")


def test_a_replayed_code_revokes_the_tokens_it_was_redeemed_for(demo: Demo) -> None:
    code = demo.code()
    tokens = body(demo.redeem(code))
    assert refusal(demo.redeem(code)) == (400, "invalid_grant")
    assert not demo.active(tokens["access_token"])
    assert not demo.active(tokens["refresh_token"])


def test_a_refresh_rotates_the_refresh_token(demo: Demo) -> None:
    first = demo.connect()
    second = body(demo.refresh(first["refresh_token"]))
    assert second["refresh_token"] != first["refresh_token"]
    assert not demo.active(first["refresh_token"])
    assert demo.active(second["refresh_token"])


def test_a_used_refresh_token_revokes_its_family(demo: Demo) -> None:
    first = demo.connect()
    second = body(demo.refresh(first["refresh_token"]))
    assert refusal(demo.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert refusal(demo.refresh(second["refresh_token"])) == (400, "invalid_grant")
    assert not demo.active(second["access_token"])
    assert demo.ledger()["double_spends"] == 1


def test_a_client_that_only_rotates_keeps_its_family_after_a_reuse(demo: Demo) -> None:
    demo.register(rotation="rotates")
    first = demo.connect()
    second = body(demo.refresh(first["refresh_token"]))
    assert refusal(demo.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert demo.refresh(second["refresh_token"]).status_code == 200
    assert demo.ledger()["double_spends"] == 1


def test_within_its_grace_a_rotated_refresh_token_brings_further_tokens(demo: Demo) -> None:
    demo.register(reuse_grace=30)
    first = demo.connect()["refresh_token"]
    successors = [body(demo.refresh(first))["refresh_token"]]
    demo.now += 20
    successors.append(body(demo.refresh(first))["refresh_token"])

    assert all(demo.active(each) for each in successors)
    assert demo.ledger()["double_spends"] == 0
    # It runs from the first use, and then a reuse is one as ever.
    demo.now += 11
    assert refusal(demo.refresh(first)) == (400, "invalid_grant")
    assert not any(demo.active(each) for each in successors)
    assert demo.ledger()["double_spends"] == 1


def test_the_grace_brings_no_revoked_refresh_token_back(demo: Demo) -> None:
    demo.register(reuse_grace=30)
    first = demo.connect()["refresh_token"]
    demo.revoke(body(demo.refresh(first))["refresh_token"])

    assert refusal(demo.refresh(first)) == (400, "invalid_grant")


def test_without_rotation_the_refresh_token_stays(demo: Demo) -> None:
    demo.register(rotation="none")
    refresh_token = demo.connect()["refresh_token"]
    for _ in range(2):
        assert "refresh_token" not in body(demo.refresh(refresh_token))
    assert demo.ledger()["double_spends"] == 0


def test_a_refresh_token_presented_twice_at_once_is_used_once(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_token = demo.connect()["refresh_token"]

    def generate_slowly(length: int) -> str:
        # Between the check of the old token and its rotation: room for the others to step in.
        time.sleep(0.01)
        return secrets.token_urlsafe(length)

    monkeypatch.setattr("local.demo_provider.server.generate_token", generate_slowly)
    ready = threading.Barrier(8)

    def refresh() -> int:
        request = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        ready.wait()
        credentials = {"client_id": "crm", "client_secret": SECRET}
        client = demo.http.application.test_client()
        return client.post("/token", data={**request, **credentials}).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = [future.result() for future in [threads.submit(refresh) for _ in range(8)]]
    assert sorted(statuses) == [200, *[400] * 7]
    assert demo.ledger()["double_spends"] == 7


def test_a_refresh_may_narrow_the_scope_and_not_widen_it(demo: Demo) -> None:
    first = demo.connect()
    narrow = body(demo.refresh(first["refresh_token"], scope="contacts.read"))
    assert narrow["scope"] == "contacts.read"
    refused = demo.refresh(narrow["refresh_token"], scope="contacts.read admin")
    assert refusal(refused) == (400, "invalid_scope")
    wide = body(demo.refresh(narrow["refresh_token"]))
    assert wide["scope"] == "contacts.read contacts.write"


@pytest.mark.parametrize("kind", ["access_token", "unknown"])
def test_what_is_no_refresh_token_does_not_refresh(demo: Demo, kind: str) -> None:
    token = {"unknown": "unknown", **demo.connect()}[kind]
    assert refusal(demo.refresh(token)) == (400, "invalid_grant")


def test_a_refresh_token_of_another_client_is_refused_and_left_alone(demo: Demo) -> None:
    demo.register(client_id="other")
    tokens = demo.connect()
    stolen = demo.refresh(tokens["refresh_token"], client_id="other")
    assert refusal(stolen) == (400, "invalid_grant")
    assert demo.active(tokens["refresh_token"])


def test_client_credentials_yield_an_access_token_alone(demo: Demo) -> None:
    tokens = body(demo.token(grant_type="client_credentials", scope="contacts.read"))
    assert "refresh_token" not in tokens
    assert body(demo.userinfo(tokens["access_token"])) == {
        "sub": "crm",
        "name": "crm",
        "email": None,
        "scope": "contacts.read",
    }


def test_a_public_client_has_no_client_credentials_grant(demo: Demo) -> None:
    demo.register(client_secret=None)
    refused = demo.token(grant_type="client_credentials", client_secret=None)
    assert refusal(refused) == (401, "invalid_client")


def test_a_grant_type_that_is_not_known_is_refused(demo: Demo) -> None:
    assert refusal(demo.token(grant_type="password")) == (400, "unsupported_grant_type")


def test_a_public_client_redeems_its_code_without_a_secret(demo: Demo) -> None:
    demo.register(client_secret=None, token_endpoint_auth_method="none")
    assert demo.redeem(demo.code(), client_secret=None).status_code == 200


def basic(secret: str) -> dict[str, str]:
    pair = f"crm:{quote_plus(secret)}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


@pytest.mark.parametrize(
    ("registered", "by_header", "status"),
    [
        (None, True, 200),
        (None, False, 200),
        ("client_secret_basic", True, 200),
        ("client_secret_basic", False, 401),
        ("client_secret_post", True, 401),
        ("client_secret_post", False, 200),
    ],
)
def test_a_client_authenticates_the_way_it_is_registered(
    demo: Demo, registered: str | None, by_header: bool, status: int
) -> None:
    demo.register(token_endpoint_auth_method=registered)
    request = {"grant_type": "client_credentials"}
    if by_header:
        response = demo.http.post("/token", data=request, headers=basic(SECRET))
    else:
        response = demo.token(**request)
    assert response.status_code == status
    assert ("WWW-Authenticate" in response.headers) is (status == 401)


@pytest.mark.parametrize(
    "headers", [basic("wrong"), {"Authorization": "Basic /////w=="}, {"Authorization": "Basic"}, {}]
)
def test_wrong_credentials_are_refused(demo: Demo, headers: dict[str, str]) -> None:
    request = {"grant_type": "client_credentials"}
    refused = demo.http.post("/token", data=request, headers=headers)
    assert refusal(refused) == (401, "invalid_client")


def test_two_authentication_methods_in_one_request_are_refused(demo: Demo) -> None:
    request = {"grant_type": "client_credentials", "client_secret": SECRET}
    refused = demo.http.post("/token", data=request, headers=basic(SECRET))
    assert refusal(refused) == (400, "invalid_request")


def test_extra_token_fields_are_in_every_token_response(demo: Demo) -> None:
    demo.register(extra_token_fields={"instance_url": "https://eu.demo-crm.example"})
    tokens = demo.connect()
    refreshed = body(demo.refresh(tokens["refresh_token"]))
    assert tokens["instance_url"] == refreshed["instance_url"] == "https://eu.demo-crm.example"


def test_without_a_lifetime_access_tokens_stay(demo: Demo) -> None:
    demo.register(access_token_lifetime=None)
    tokens = demo.connect()
    assert "expires_in" not in tokens
    demo.now += 1e9
    assert demo.active(tokens["access_token"])
    assert "exp" not in body(demo.introspect(tokens["access_token"]))


def test_revoking_a_refresh_token_ends_its_grant(demo: Demo) -> None:
    tokens = demo.connect()
    assert demo.revoke(tokens["refresh_token"]).status_code == 200
    assert not demo.active(tokens["access_token"])
    assert refusal(demo.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


def test_revoking_an_access_token_ends_that_one_alone(demo: Demo) -> None:
    tokens = demo.connect()
    assert demo.revoke(tokens["access_token"], token_type_hint="refresh_token").status_code == 200
    assert not demo.active(tokens["access_token"])
    assert demo.active(tokens["refresh_token"])


def test_revoking_an_unknown_token_is_no_error(demo: Demo) -> None:
    assert demo.revoke("unknown", token_type_hint="something_else").status_code == 200


def test_a_token_of_another_client_is_not_revoked(demo: Demo) -> None:
    demo.register(client_id="other")
    token = demo.connect()["access_token"]
    assert demo.revoke(token, client_id="other").status_code == 400
    assert demo.active(token)


@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
def test_revocation_and_introspection_need_a_token_and_a_client(demo: Demo, endpoint: str) -> None:
    credentials = {"client_id": "crm", "client_secret": SECRET}
    assert refusal(demo.http.post(f"/{endpoint}", data=credentials)) == (400, "invalid_request")
    unknown = demo.http.post(f"/{endpoint}", data={"token": "t"})
    assert refusal(unknown) == (401, "invalid_client")


def test_introspection_describes_the_tokens_of_the_client(demo: Demo) -> None:
    tokens = demo.connect()
    assert body(demo.introspect(tokens["access_token"])) == {
        "active": True,
        "client_id": "crm",
        "scope": "contacts.read contacts.write",
        "sub": "ada",
        "iat": 1_700_000_000,
        "exp": 1_700_003_600,
        "token_type": "Bearer",
    }
    assert "token_type" not in body(demo.introspect(tokens["refresh_token"]))


def test_introspection_tells_nothing_of_other_or_inactive_tokens(demo: Demo) -> None:
    demo.register(client_id="other")
    token = demo.connect()["access_token"]
    inactive = {"active": False}
    assert body(demo.introspect(token, client_id="other")) == inactive
    assert body(demo.introspect("unknown")) == inactive
    demo.now += 3601
    assert body(demo.introspect(token)) == inactive


def test_userinfo_tells_whose_account_it_is(demo: Demo) -> None:
    assert body(demo.userinfo(demo.connect()["access_token"])) == {
        "sub": "ada",
        "name": "Ada Lovelace",
        "email": "ada@demo-crm.example",
        "scope": "contacts.read contacts.write",
    }


def test_userinfo_challenges_a_request_without_a_valid_access_token(demo: Demo) -> None:
    assert demo.http.get("/userinfo").headers["WWW-Authenticate"] == 'Bearer realm="Demo CRM"'
    tokens = demo.connect()
    demo.now += 3601
    for token in (tokens["access_token"], tokens["refresh_token"], "unknown"):
        refused = demo.userinfo(token)
        assert refused.status_code == 401
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


def test_the_fault_deny_refuses_consent_without_asking(demo: Demo) -> None:
    demo.fault("authorize", "deny", times=2)
    assert answered(demo.page())["error"] == "access_denied"
    assert demo.page(client_id="unknown").status_code == 400
    assert demo.page().status_code == 200


def test_the_fault_deny_overrules_an_answer(demo: Demo) -> None:
    filled_in = form(demo.page())
    demo.fault("authorize", "deny")
    assert answered(demo.http.post("/authorize", data=filled_in))["error"] == "access_denied"


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("server-error", 500, "text/plain"),
        ("rate-limited", 429, "text/plain"),
        ("invalid-grant", 400, "application/json"),
        ("invalid-client", 401, "application/json"),
        ("malformed", 200, "application/json"),
        ("html", 200, "text/html"),
    ],
)
def test_a_fault_answers_without_acting(
    demo: Demo, kind: str, status: int, content_type: str
) -> None:
    refresh_token = demo.connect()["refresh_token"]
    demo.fault("token", kind, retry_after=7)
    response = demo.refresh(refresh_token)
    assert (response.status_code, response.mimetype) == (status, content_type)
    assert response.headers.get("Retry-After") == ("7" if kind == "rate-limited" else None)
    assert response.get_json(silent=True) in (None, {"error": kind.replace("-", "_")})
    assert demo.refresh(refresh_token).status_code == 200
    assert demo.ledger()["double_spends"] == 0


def test_an_introspection_calls_a_revoked_token_active_if_it_is_asked_to(demo: Demo) -> None:
    token = demo.connect()["access_token"]
    demo.revoke(token)
    demo.fault("introspect", "still-active")

    assert body(demo.introspect(token)) == {"active": True}
    assert body(demo.introspect(token)) == {"active": False}


def test_rate_limited_without_retry_after_leaves_the_header_out(demo: Demo) -> None:
    demo.fault("userinfo", "rate-limited")
    assert "Retry-After" not in demo.userinfo("any").headers


def test_the_fault_slow_waits_and_answers(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    demo.fault("token", "slow", seconds=1.5)
    assert demo.token(grant_type="client_credentials").status_code == 200
    assert waited == [1.5]


def test_the_fault_answer_lost_rotates_and_says_nothing(demo: Demo) -> None:
    refresh_token = demo.connect()["refresh_token"]
    demo.fault("token", "answer-lost")
    lost = demo.refresh(refresh_token)
    assert (lost.status_code, lost.data) == (502, b"")
    assert not demo.active(refresh_token)
    entry = demo.ledger()["entries"][-1]
    assert (entry["status"], entry["fault"]) == (502, "answer-lost")
    assert entry["issued"].keys() == {"access_token", "refresh_token"}


def test_faults_are_used_up_in_order_and_by_their_own_endpoint(demo: Demo) -> None:
    demo.fault("token", "server-error", times=2)
    demo.fault("token", "rate-limited")
    assert demo.revoke("unknown").status_code == 200
    statuses = [demo.token(grant_type="client_credentials").status_code for _ in range(4)]
    assert statuses == [500, 500, 429, 200]


def test_faults_can_be_cleared(demo: Demo) -> None:
    demo.fault("token", "server-error", times=5)
    assert demo.http.delete("/_faults").status_code == 204
    assert demo.token(grant_type="client_credentials").status_code == 200


@pytest.mark.parametrize(
    ("path", "request_body", "named"),
    [
        ("/_faults", {"endpoint": "token", "fault": "gremlins"}, "fault"),
        ("/_faults", {"endpoint": "nowhere", "fault": "slow"}, "endpoint"),
        ("/_faults", {"endpoint": "token", "fault": "slow", "times": 0}, "times"),
        ("/_faults", {"endpoint": "token", "fault": "deny"}, "body"),
        ("/_faults", {"fault": "slow"}, "endpoint"),
        ("/_clients", {"client_id": "a", "rotation": "sometimes"}, "rotation"),
        ("/_clients", {"client_id": "a", "redirect_uri": "https://a.example"}, "redirect_uri"),
        ("/_clients", {"client_id": "a", "redirect_uris": ["https://a.example/#f"]}, "body"),
        ("/_clients", {"client_id": "a", "token_endpoint_auth_method": "none",
                       "client_secret": "hush"}, "body"),
        ("/_clients", {"client_id": "a", "client_secret": 1}, "client_secret"),
        ("/_clients", "{", "body"),
    ],
)  # fmt: skip
def test_input_that_is_not_understood_is_named(
    demo: Demo, path: str, request_body: dict[str, Any] | str, named: str
) -> None:
    as_text = {"data": request_body} if isinstance(request_body, str) else {"json": request_body}
    refused = demo.http.post(path, **as_text)
    assert refused.status_code == 400
    assert [error["field"] for error in refused.get_json()["errors"]] == [named]
    assert "hush" not in refused.text


def test_registering_a_client_again_replaces_it(demo: Demo) -> None:
    demo.register(client_secret="new")
    assert demo.token(grant_type="client_credentials").status_code == 401
    assert demo.token(grant_type="client_credentials", client_secret="new").status_code == 200


def test_the_ledger_tells_what_was_presented_and_issued_by_fingerprint(demo: Demo) -> None:
    code = demo.code()
    tokens = body(demo.redeem(code))
    asked, allowed, redeemed = demo.ledger()["entries"]
    assert (asked["method"], asked["status"]) == ("GET", 200)
    assert allowed["issued"] == {"code": fingerprint(code)}
    assert redeemed == {
        "n": 3,
        "at": "2023-11-14T22:13:20.000+00:00",
        "endpoint": "token",
        "method": "POST",
        "client_id": "crm",
        "grant_type": "authorization_code",
        "token": fingerprint(code),
        "issued": {
            "access_token": fingerprint(tokens["access_token"]),
            "refresh_token": fingerprint(tokens["refresh_token"]),
        },
        "status": 200,
    }


def test_the_ledger_tells_errors_and_holds_no_secret(demo: Demo) -> None:
    tokens = demo.connect()
    demo.redeem("guessed")
    demo.page(client_id="unknown")
    demo.decide("deny")
    demo.userinfo(tokens["access_token"])
    demo.http.post("/token", data={"grant_type": "refresh_token"}, headers=basic(SECRET))
    ledger = demo.http.get("/_ledger")
    errors = [entry.get("error") for entry in ledger.get_json()["entries"]][3:]
    assert errors == [
        "invalid_grant", "invalid_client", None, "access_denied", None, "invalid_request",
    ]  # fmt: skip
    assert ledger.get_json()["entries"][-1]["client_id"] == "crm"
    for secret in (tokens["access_token"], tokens["refresh_token"], SECRET, VERIFIER):
        assert secret not in ledger.text


def test_the_ledger_is_read_from_an_entry_on_and_cleared(demo: Demo) -> None:
    demo.connect()
    assert [entry["n"] for entry in demo.ledger(since=2)["entries"]] == [3]
    assert demo.http.get("/_ledger?since=soon").status_code == 400
    assert demo.http.delete("/_ledger").status_code == 204
    assert demo.ledger() == {"entries": [], "double_spends": 0}
    demo.page()
    assert demo.ledger()["entries"][0]["n"] == 4


def test_a_token_is_looked_up_by_its_fingerprint(demo: Demo) -> None:
    tokens = demo.connect()
    access = body(demo.http.get(f"/_tokens/{fingerprint(tokens['access_token'])}"))
    refresh = body(demo.http.get(f"/_tokens/{fingerprint(tokens['refresh_token'])}"))
    assert (access["kind"], refresh["kind"]) == ("access_token", "refresh_token")
    assert access["grant"] == refresh["grant"]
    assert demo.http.get("/_tokens/000000000000").status_code == 404


@pytest.fixture
def url() -> Iterator[str]:
    provider = serve("127.0.0.1", 0)
    yield provider.url
    provider.stop()


def test_it_serves_on_a_free_port_under_its_own_issuer(url: str) -> None:
    metadata = httpx.get(f"{url}/.well-known/oauth-authorization-server")
    assert metadata.json()["issuer"] == url


def test_it_writes_no_access_log(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert httpx.get(f"{url}/authorize?state=private").status_code == 400
    assert capfd.readouterr() == ("", "")


def test_a_port_in_use_is_an_os_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve("127.0.0.1", taken.getsockname()[1])


def test_a_stopped_provider_frees_its_port() -> None:
    first = serve("127.0.0.1", 0)
    with httpx.Client() as kept:
        kept.get(f"{first.url}/userinfo")
        first.stop()
        with pytest.raises(httpx.ConnectError):
            kept.get(f"{first.url}/userinfo")
    port = urlsplit(first.url).port
    assert port is not None
    serve("127.0.0.1", port).stop()
