"""Whatever a token endpoint answers: no crash, no bad token, no good one lost, no secret told."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import TokenSet
from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerResponse
from connections.oauth.paths import member
from connections.oauth.token_response import LARGEST_RESPONSE, TokenRequestFailed, token_set
from tests.builders import NOW, a_token_set
from tests.unit.oauth.answers import a_client

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
NESTED = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["access_token", "refresh_token", "expires_in", "expires_at", "error", "ok", "scope", "data"]
)
OBJECTS = st.dictionaries(NAMES | st.text(max_size=9), NESTED, max_size=8)
TOKENS = st.text(min_size=1, max_size=20)
TOKEN_LIKE = st.builds(
    lambda access_token, rest: {**rest, "access_token": access_token}, TOKENS, OBJECTS
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"])
JSON_BODIES = st.builds(
    lambda answer, ascii_only, encoding: json.dumps(answer, ensure_ascii=ascii_only).encode(
        encoding, "replace"
    ),
    OBJECTS | TOKEN_LIKE | NESTED,
    st.booleans(),
    ENCODINGS,
)
CUT = st.builds(lambda body, cut: body[: cut % (len(body) + 1)], JSON_BODIES, st.integers(0, 999))
DEEP = st.builds(
    lambda opening, depth: b'{"access_token":"a","x":' + opening * depth,
    st.sampled_from([b"[", b'{"x":']),
    st.integers(1, 50_000),
)
FORMS = st.from_regex(
    rb"(access_token|refresh_token|error|x)(=[a-z%0-9&;+]{0,20})?", fullmatch=True
)
MEDIA_TYPES = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "text/html", "text/plain", ""]
)
RETRY_AFTER = st.integers().map(str) | st.text(max_size=20)
ANSWERS = st.builds(
    lambda status, media_type, retry_after, body: ServerResponse(
        status=status,
        headers={"content-type": media_type, "retry-after": retry_after},
        body=body,
        sent_at=NOW,
    ),
    st.sampled_from([200, 200, 201, 204, 302, 400, 401, 403, 408, 429, 500, 503])
    | st.integers(100, 599),
    MEDIA_TYPES,
    RETRY_AFTER,
    JSON_BODIES | CUT | DEEP | FORMS | st.binary(max_size=200),
)
FORMER = a_token_set(response={"access_token": "access-1", "team": {"id": "T1"}})
CLIENT = a_client(invalidGrantSynonyms=["token_expired"])


def outcome(
    answer: ServerResponse, former: TokenSet | None = FORMER, client: OAuthClient = CLIENT
) -> TokenSet | Failure:
    try:
        return token_set(client, answer, former)
    except TokenRequestFailed as error:
        return error.failure


@given(ANSWERS, st.sampled_from([FORMER, None]))
@settings(deadline=None, max_examples=500)
def test_any_answer_is_a_token_set_or_a_failure(
    answer: ServerResponse, former: TokenSet | None
) -> None:
    tokens = outcome(answer, former)

    if isinstance(tokens, TokenSet):
        assert 200 <= answer.status < 300
        assert isinstance(tokens.response["access_token"], str)
        assert tokens.access_token.strip()
        assert "refresh_token" not in tokens.response
        assert tokens.issued_at == answer.sent_at
        assert tokens.expires_at is None or tokens.expires_at >= answer.sent_at
    else:
        assert tokens.http_status == answer.status


@given(ANSWERS)
@settings(deadline=None, max_examples=500)
def test_no_answer_takes_a_good_refresh_token_away(answer: ServerResponse) -> None:
    tokens = outcome(answer)

    if isinstance(tokens, TokenSet):
        assert tokens.refresh_token
        assert isinstance(tokens.refresh_token, str)


def answer_of(answer: object, status: int = 200) -> ServerResponse:
    return ServerResponse(status=status, headers={}, body=json.dumps(answer).encode(), sent_at=NOW)


@given(OBJECTS, TOKENS.filter(str.strip), TOKENS.filter(str.strip))
@settings(deadline=None)
def test_every_token_that_is_issued_is_kept(
    rest: dict[str, Any], access_token: str, refresh_token: str
) -> None:
    issued = {"access_token": access_token, "refresh_token": refresh_token}

    tokens = outcome(answer_of({**rest, **issued, "error": None, "ok": True}))

    assert isinstance(tokens, TokenSet)
    assert (tokens.access_token, tokens.refresh_token) == (access_token, refresh_token)


@given(OBJECTS, st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=4))
@settings(deadline=None)
def test_what_the_former_answer_told_stays_unless_told_anew(
    rest: dict[str, str], former: dict[str, str]
) -> None:
    new = {**rest, "access_token": "a", "error": None, "ok": True}
    before = {"access_token": "access-1", **former}

    tokens = outcome(answer_of(new), a_token_set(response=before))

    assert isinstance(tokens, TokenSet)
    # NaN and Infinity are no JSON and read as nothing.
    read = json.loads(json.dumps(new), parse_constant=lambda _: None)
    told = {name: value for name, value in read.items() if name != "refresh_token"}
    assert tokens.response == {**before, **told}


@given(st.integers(0, 300_000), st.integers(0, 300_000))
@settings(deadline=None)
def test_a_merged_response_stays_bounded(old: int, new: int) -> None:
    former = a_token_set(response={"access_token": "access-1", "old": "x" * old})
    answer = answer_of({"access_token": "a", "new": "x" * min(new, LARGEST_RESPONSE - 40)})

    tokens = outcome(answer, former)

    assert isinstance(tokens, TokenSet)
    assert len(json.dumps(tokens.response)) <= LARGEST_RESPONSE


DEAD = ["invalid_grant", "token_expired"]
ERRORS = st.sampled_from([*DEAD, "invalid_client", "slow_down"]) | st.text(max_size=20)


@given(OBJECTS, st.integers(100, 599), ERRORS)
@settings(deadline=None)
def test_only_the_servers_own_word_under_500_ends_a_grant(
    rest: dict[str, Any], status: int, error: str
) -> None:
    failure = outcome(answer_of({**rest, "error": error}, status))

    ends = isinstance(failure, Failure) and failure.kind is FailureKind.GRANT
    # A token beside the error leaves open which of them counts.
    token = rest.get("access_token")
    mixed = 200 <= status < 300 and isinstance(token, str) and bool(token.strip())
    assert ends is (error in DEAD and status < 500 and status not in {408, 429} and not mixed)


SECRETS = st.from_regex(r"[A-Za-z0-9._~+/-]{8,80}=*", fullmatch=True).filter(
    lambda secret: any(letter.isdigit() for letter in secret)
)


@given(SECRETS, st.integers(100, 599), st.sampled_from(["{}", "bad token {}", "{} expired"]))
@settings(deadline=None)
def test_no_failure_repeats_a_secret(secret: str, status: int, words: str) -> None:
    said = words.format(secret)
    body = {"error": said, "error_description": said, "error_uri": said, secret: secret}

    failure = outcome(answer_of(body, status))

    assert isinstance(failure, Failure)
    assert secret not in f"{failure!r} {TokenRequestFailed(failure)!r}"


PLACES = st.sampled_from(
    ["access_token", "refresh_token", "data", "data.0", "data.refresh_token", "ok", "scope", "x.y"]
)
MARKS = st.fixed_dictionaries(
    {"path": PLACES, "equals": st.booleans() | st.integers(-1, 2) | st.sampled_from(["x", ""])}
)
FACTS = st.fixed_dictionaries(
    {
        "tokenResponse": st.fixed_dictionaries(
            {},
            optional={
                "root": PLACES,
                "names": st.dictionaries(
                    st.sampled_from(["access_token", "refresh_token", "expires_in", "scope"]),
                    PLACES,
                ),
                "failure": MARKS,
                "errorPath": PLACES,
            },
        ),
        "expiresInUnit": st.sampled_from(["seconds", "minutes", "milliseconds"]),
    },
    optional={
        "expiresInDefault": st.integers(0, 10**6),
        "invalidGrantSynonyms": st.lists(st.text(max_size=9), max_size=3),
        "invalidClientSynonyms": st.lists(st.text(max_size=9), max_size=3),
    },
)


@given(ANSWERS, FACTS, st.sampled_from([FORMER, None]))
@settings(deadline=None, max_examples=500)
def test_whatever_the_facts_any_answer_is_a_token_set_or_a_failure(
    answer: ServerResponse, facts: dict[str, Any], former: TokenSet | None
) -> None:
    tokens = outcome(answer, former, a_client(**facts))
    if isinstance(tokens, Failure):
        assert tokens.http_status == answer.status
        return

    assert 200 <= answer.status < 300
    assert isinstance(tokens.response["access_token"], str)
    assert tokens.access_token.strip()
    assert tokens.refresh_token is None or tokens.refresh_token.strip()
    assert former is None or tokens.refresh_token
    assert tokens.expires_at is None or tokens.expires_at >= answer.sent_at
    assert '"refresh_token":' not in json.dumps(tokens.response)
    assert len(json.dumps(tokens.response)) <= LARGEST_RESPONSE + len(tokens.access_token)


def placed(path: str, value: object) -> dict[str, Any]:
    """Return an object that has a value at a path of names."""
    *outer, last = path.split(".")
    answer: dict[str, Any] = {last: value}
    for name in reversed(outer):
        answer = {name: answer}
    return answer


NAMED = st.from_regex(r"[a-z_]{1,8}(\.[a-z_]{1,8}){0,3}", fullmatch=True)


@given(NAMED, NAMED, NAMED, TOKENS.filter(str.strip), TOKENS.filter(str.strip))
@settings(deadline=None)
def test_every_token_is_found_where_the_facts_say_that_it_is(
    root: str, access_path: str, refresh_path: str, access_token: str, refresh_token: str
) -> None:
    inner = {
        **placed(f"r.{refresh_path}", refresh_token),
        **placed(f"a.{access_path}", access_token),
    }
    names = {"access_token": f"a.{access_path}", "refresh_token": f"r.{refresh_path}"}
    client = a_client(tokenResponse={"root": f"top.{root}", "names": names})

    tokens = token_set(client, answer_of(placed(f"top.{root}", inner)), FORMER)

    assert (tokens.access_token, tokens.refresh_token) == (access_token, refresh_token)
    assert member(tokens.response, f"top.{root}.r.{refresh_path}") is None
