"""Ids and names that the organization gives: which texts can be one."""

import unicodedata

LONGEST_TEXT = 200

# Control characters, halves of surrogate pairs (no UTF-8 can hold them), and line separators.
_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})


def fits(text: str) -> bool:
    """Tell whether a text can be the id of a user, of a customer, or a name."""
    return 0 < len(text) <= LONGEST_TEXT and not any(
        unicodedata.category(character) in _UNFIT for character in text
    )
