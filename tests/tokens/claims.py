"""Tokens that are signed well and say what must be refused."""

import re
from collections.abc import Callable

from tests.tokens.forging import PAYLOAD, claiming, respelled, rewritten
from tests.tokens.signer import ABSENT


def ending(number: bytes) -> Callable[[bytes], bytes]:
    """Change `exp` to a number that Python would write otherwise."""
    return lambda payload: re.sub(rb'"exp": \d+', b'"exp": ' + number, payload)


def beginning(number: bytes) -> Callable[[bytes], bytes]:
    """Change `iat` likewise."""
    return lambda payload: re.sub(rb'"iat": \d+', b'"iat": ' + number, payload)


OF_PAYLOAD = {
    "a payload spelled in another way": respelled(PAYLOAD),
    "a payload that is no JSON": rewritten(PAYLOAD, lambda _: b"sub"),
    "a payload that is an array": rewritten(PAYLOAD, lambda payload: b"[" + payload + b"]"),
    "a payload that is a string": rewritten(PAYLOAD, lambda _: b'"ada"'),
    "a payload in UTF-16": rewritten(PAYLOAD, lambda each: each.decode().encode("utf-16")),
    "a payload that is no UTF-8": rewritten(PAYLOAD, lambda p: p.replace(b"ada", b"\xff")),
    "a bottomless payload": rewritten(PAYLOAD, lambda _: b"[" * 5000),
    "a number of too many digits": rewritten(
        PAYLOAD, lambda payload: payload[:-1] + b', "n": ' + b"9" * 5000 + b"}"
    ),
    "a time that is no number": rewritten(
        PAYLOAD, lambda payload: payload[:-1] + b', "nbf": NaN}', "payload-malformed"
    ),
    "two customers": rewritten(
        PAYLOAD, lambda payload: b'{"customer": "evil", ' + payload[1:], "repeated-member"
    ),
    "two members deep inside": rewritten(
        PAYLOAD, lambda payload: payload[:-1] + b', "x": {"a": 1, "a": 2}}', "repeated-member"
    ),
}
OF_CLAIMS = {
    "no subject": claiming("sub-malformed", sub=ABSENT),
    "an empty subject": claiming("sub-malformed", sub=""),
    "a number for a subject": claiming("sub-malformed", sub=7),
    "null for a subject": claiming("sub-malformed", sub=None),
    "a list of subjects": claiming("sub-malformed", sub=["ada"]),
    "a long subject": claiming("sub-malformed", sub="a" * 201),
    "a subject with a line break": claiming("sub-malformed", sub="ada\nadmin"),
    "a subject with a NUL": claiming("sub-malformed", sub="ada\0"),
    "half a character for a subject": claiming("sub-malformed", sub="\ud800"),
    "a subject with a line separator": claiming("sub-malformed", sub="ada\u2028"),
    "no customer": claiming("customer-malformed", customer=ABSENT),
    "an empty customer": claiming("customer-malformed", customer=""),
    "true for a customer": claiming("customer-malformed", customer=True),
    "an object for a customer": claiming("customer-malformed", customer={"id": "acme"}),
    "a long customer": claiming("customer-malformed", customer="a" * 201),
    "a customer with a delete": claiming("customer-malformed", customer="acme\x7f"),
    "a long name": claiming("name-malformed", name="a" * 201),
    "a number for a name": claiming("name-malformed", name=0),
    "null for a name": claiming("name-malformed", name=None),
    "a name with an escape": claiming("name-malformed", name="\x1b[31m"),
    "a long name of a customer": claiming("customer-name-malformed", customer_name="a" * 201),
    "a list for a name of a customer": claiming("customer-name-malformed", customer_name=[]),
    "an unknown role": claiming("role-malformed", role="owner"),
    "a role in capitals": claiming("role-malformed", role="ADMIN"),
    "an empty role": claiming("role-malformed", role=""),
    "null for a role": claiming("role-malformed", role=None),
    "a list of roles": claiming("role-malformed", role=["admin"]),
    "a text for whether it is the embedding application": claiming(
        "embedding-malformed", embedding="true"
    ),
    "a number for whether it is the embedding application": claiming(
        "embedding-malformed", embedding=1
    ),
    "null for whether it is the embedding application": claiming(
        "embedding-malformed", embedding=None
    ),
    "a list for whether it is the embedding application": claiming(
        "embedding-malformed", embedding=[True]
    ),
    "another audience": claiming("audience-wrong", aud="https://other.example"),
    "other audiences": claiming("audience-wrong", aud=["https://a.example", "https://b.example"]),
    "an empty audience": claiming("audience-wrong", aud=""),
    "no audiences": claiming("audience-wrong", aud=[]),
    "null for an audience": claiming("aud-malformed", aud=None),
    "an object for an audience": claiming("aud-malformed", aud={}),
}
OF_TIMES = {
    "no end": claiming("exp-malformed", exp=ABSENT),
    "null for an end": claiming("exp-malformed", exp=None),
    "a text for an end": claiming("exp-malformed", exp=lambda now: str(now + 300)),
    "true for an end": claiming("exp-malformed", exp=True),
    "an end too large for a float": rewritten(PAYLOAD, ending(b"1e999"), "exp-malformed"),
    "an end of many digits": rewritten(PAYLOAD, ending(b"9" * 400), "lives-too-long"),
    "a beginning of many digits": rewritten(
        PAYLOAD, beginning(b"-" + b"9" * 400), "lives-too-long"
    ),
    "no beginning": claiming("iat-malformed", iat=ABSENT),
    "a text for a beginning": claiming("iat-malformed", iat=str),
    "false for a beginning": claiming("iat-malformed", iat=False),
    "a list for a beginning": claiming("iat-malformed", iat=lambda now: [now]),
    "an end just now": claiming("expired", iat=lambda now: now - 60, exp=lambda now: now),
    "an end an hour ago": claiming("expired", iat=lambda t: t - 7200, exp=lambda t: t - 3600),
    "an end in 1970": claiming("expired", iat=-1, exp=1),
    "milliseconds": claiming(
        "issued-in-the-future", iat=lambda t: t * 1000, exp=lambda t: t * 1001
    ),
    "a life of more than an hour": claiming("lives-too-long", exp=lambda now: now + 3601),
    "a life of an hour and a moment": claiming("lives-too-long", exp=lambda now: now + 3600.5),
    "a life of ten years": claiming("lives-too-long", exp=lambda now: now + 315_360_000),
    "an end before the beginning": claiming(
        "expires-before-it-is-issued", iat=lambda now: now + 50, exp=lambda now: now + 40
    ),
    "an end at the beginning": claiming(
        "expires-before-it-is-issued", iat=lambda now: now + 30, exp=lambda now: now + 30
    ),
    "issued in two minutes": claiming("issued-in-the-future", iat=lambda now: now + 120),
    "not yet good": claiming("not-yet-valid", nbf=lambda now: now + 120),
    "a text for when it is good": claiming("nbf-malformed", nbf=str),
    "null for when it is good": claiming("nbf-malformed", nbf=None),
    "true for when it is good": claiming("nbf-malformed", nbf=True),
}
