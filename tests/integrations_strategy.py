"""Integrations as hypothesis makes them up: anything that the documents allow."""

from typing import Any

from hypothesis import strategies as st

from connections_sdk.integrations import Integration

WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["yes", "on", "null", "~", "1.0", "1e3", "0x1f", "2024-01-01", "12:30:00", "<<", "=", "- a",
         "a: b", "# c", "'", '"', "\\", "", " ", "a\nb\n", "\ta", "*a", "&a", "!a", "{{#domain}}",
         "\u2028", "\x85", "\ufeff", "\x00", "\U0001f600", "x" * 300, "a " * 100]
    ),
).filter(lambda text: text.isascii() or _is_unicode(text))  # fmt: skip
KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True) | st.sampled_from(
    ["yes", "NO", "on", "null", "True", "e1"]
)
NAMES = st.from_regex(r"[^\x00-\x20\x7f-\x9f\ud800-\udfff]{1,20}", fullmatch=True)
LABELS = WORDS.filter(bool).map(lambda text: text[:200])
COMPONENTS = st.sampled_from(["salesforce", "slack", "acme-crm", "yes", "7"])


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """None, or what the strategy makes."""
    return st.none() | strategy


PAIRS = st.fixed_dictionaries({"key": LABELS, "value": WORDS})
VALUES = st.one_of(
    WORDS, st.booleans(), st.lists(WORDS, max_size=3), st.lists(PAIRS, min_size=1, max_size=3)
)
VISIBILITIES = st.sampled_from(["customer", "embedded", "organization"])
CONFIG_VALUES = st.fixed_dictionaries(
    {
        "value": maybe(VALUES),
        "visibility": maybe(VISIBILITIES),
        "set": st.booleans(),
    }
)
REDIRECTS = st.fixed_dictionaries(
    {
        "enabled": st.booleans(),
        "successUri": st.just("https://app.example.com/yes"),
        "failureUri": st.just("https://app.example.com/no?a=b#c"),
    }
) | st.just({"enabled": False})


@st.composite
def integrations(draw: st.DrawFn) -> Integration:
    """Return an integration, with pages, config variables and steps that fit together."""
    keys = draw(st.lists(NAMES, max_size=5, unique=True))
    stable_keys = draw(st.lists(KEYS, min_size=len(keys), max_size=len(keys), unique=True))
    variables = [_variable(draw, *each) for each in zip(keys, stable_keys, strict=True)]
    count = draw(st.integers(1, 3))
    pages: list[dict[str, Any]] = [
        {"name": draw(LABELS), "tagline": draw(maybe(WORDS)), "elements": variables[number::count]}
        for number in range(count)
    ]
    names = draw(st.lists(LABELS, max_size=4, unique=True))
    return Integration.model_validate(
        {
            "name": draw(LABELS),
            "description": draw(maybe(WORDS)),
            "configPages": pages if variables else [],
            "steps": [_step(draw, name, variables) for name in names],
        }
    )


def _variable(draw: st.DrawFn, key: str, stable_key: str) -> dict[str, Any]:
    return {
        "key": key,
        "stableKey": draw(st.sampled_from([stable_key, None])),
        "level": draw(st.sampled_from(["instance", "user"])),
        "description": draw(maybe(WORDS)),
        "visibility": draw(maybe(VISIBILITIES)),
        "connection": {
            "component": draw(COMPONENTS),
            "key": draw(KEYS),
            "template": draw(maybe(NAMES)),
            "values": draw(st.dictionaries(KEYS, CONFIG_VALUES, max_size=3)),
        },
        "oauthRedirects": draw(maybe(REDIRECTS)),
    }


def _step(draw: st.DrawFn, name: str, variables: list[dict[str, Any]]) -> dict[str, Any]:
    variable = draw(st.sampled_from([None, *variables]))
    if variable is None:
        return {"name": name, "component": draw(COMPONENTS), "action": draw(KEYS)}
    component = variable["connection"]["component"]
    return {
        "name": name,
        "component": component,
        "action": draw(KEYS),
        "configVariable": variable["key"],
    }
