"""Addresses at which a flow ends, with what is told there."""

import pytest

from connections.oauth.landing import with_parameters


@pytest.mark.parametrize(
    ("uri", "parameters", "address"),
    [
        ("https://a.example", {"id": "con_1"}, "https://a.example?id=con_1"),
        ("https://a.example/done?tab=2", {"id": "1"}, "https://a.example/done?tab=2&id=1"),
        ("https://a.example/#/done", {"id": "1"}, "https://a.example/?id=1#/done"),
        # Theirs stays as it is written; of the same names only ours is there.
        ("https://a.example/?q=a%20b&&flag", {"id": "1"}, "https://a.example/?q=a%20b&flag&id=1"),
        ("https://a.example/?id=2&%69d=3&x=id", {"id": "1"}, "https://a.example/?x=id&id=1"),
        ("https://a.example/?x=1", {"n": "Söhne & Co?#"}, "https://a.example/?x=1&n=S%C3%B6hne+%26+Co%3F%23"),
    ],
)  # fmt: skip
def test_parameters_join_the_addresss_own_query(
    uri: str, parameters: dict[str, str], address: str
) -> None:
    assert with_parameters(uri, parameters) == address
