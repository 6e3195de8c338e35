"""Tokens of a wrong form or signature."""

import json

from tests.tokens.forging import by_another, mangled, octets, spelled_otherwise, with_secret
from tests.tokens.signer import b64

OF_FORM = {
    "nothing but dots": mangled("not-compact", lambda _h, _p, _s: ".."),
    "one part": mangled("not-compact", lambda h, _p, _s: h),
    "two parts": mangled("not-compact", lambda h, p, _s: f"{h}.{p}"),
    "four parts": mangled("not-compact", lambda h, p, s: f"{h}.{p}.{s}.{s}"),
    "the five parts of a JWE": mangled("not-compact", lambda h, p, s: f"{h}.{p}.{s}.{p}.{s}"),
    "a detached payload": mangled("not-compact", lambda h, _p, s: f"{h}..{s}"),
    "the JSON serialization": mangled(
        "not-compact",
        lambda h, p, s: json.dumps({"protected": h, "payload": p, "signature": s}),
    ),
    "a line break at the end": mangled("not-compact", lambda h, p, s: f"{h}.{p}.{s}\n"),
    "a space at the start": mangled("not-compact", lambda h, p, s: f" {h}.{p}.{s}"),
    "a NUL in the middle": mangled("not-compact", lambda h, p, s: f"{h}.{p}\0.{s}"),
    "a letter of another alphabet": mangled("not-compact", lambda h, p, s: f"{h}.{p}.{s}é"),
    "padding": mangled("not-compact", lambda h, p, s: f"{h}.{p}.{s}=="),
    "base64 that is not for URLs": mangled("not-compact", lambda h, p, _s: f"{h}.{p}.++//"),
    "9 KB": mangled("too-large", lambda h, p, s: f"{h}.{p}.{s}{'A' * 9000}"),
}


def with_a_member(header: str) -> str:
    return b64(octets(header)[:-1] + b', "x": 1}')


OF_SIGNATURE = {
    "a key that nobody registered": by_another("signature-wrong", lambda _: {}),
    "HS256 with the PEM": with_secret(lambda signer: signer.public_pem.encode()),
    "HS256 with the stripped PEM": with_secret(lambda signer: signer.public_pem.strip().encode()),
    "HS256 with the JWK": with_secret(lambda signer: json.dumps(signer.public_jwk).encode()),
    "HS256 with nothing": with_secret(lambda _: b""),
    "no signature": mangled("signature-wrong", lambda h, p, _s: f"{h}.{p}."),
    "half a signature": mangled(
        "signature-wrong", lambda h, p, s: f"{h}.{p}.{s[: len(s) // 8 * 4]}"
    ),
    "a longer signature": mangled("signature-wrong", lambda h, p, s: f"{h}.{p}.AAAA{s}"),
    "a signature of zeros": mangled(
        "signature-wrong", lambda h, p, _s: f"{h}.{p}.{b64(bytes(64))}"
    ),
    "a signature spelled in another way": mangled(
        "signature-malformed", lambda h, p, s: f"{h}.{p}.{spelled_otherwise(s)}"
    ),
    "a signature that is no base64": mangled(
        "signature-malformed", lambda h, p, _s: f"{h}.{p}.AAAAA"
    ),
    "a changed signature": mangled(
        "signature-wrong", lambda h, p, s: f"{h}.{p}.{'B' if s[0] == 'A' else 'A'}{s[1:]}"
    ),
    "another payload": mangled("signature-wrong", lambda h, _p, s: f"{h}.{b64(b'{}')}.{s}"),
    "another header": mangled("signature-wrong", lambda h, p, s: f"{with_a_member(h)}.{p}.{s}"),
}
