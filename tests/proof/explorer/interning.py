"""Numbers for values: equal values have the same one, so that states are short and compare fast."""

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from connections.domain.connection import Inputs
from connections.domain.grant import Issuance

_PLAIN = frozenset({str, int, bool, float, bytes, type(None), datetime, timedelta})
_NAMES: dict[type, tuple[str, ...]] = {}


class Interner:
    """Gives each value a number, and the value back for it."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self.values: list[Any] = []

    def number(self, value: object) -> int:
        key = key_of(value)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.values)
            self.values.append(value)
        return number


def key_of(value: Any) -> Hashable:
    """Return what stands for a value among those of one exploration.

    In it there are but one issuance and one set of inputs.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value  # type: ignore[no-any-return]
    if kind in (Issuance, Inputs):
        return (kind,)
    if isinstance(value, BaseException):
        return (kind, str(value))
    if is_dataclass(value):
        return (kind, *(key_of(getattr(value, name)) for name in _names(kind)))
    if isinstance(value, Mapping):
        return tuple((name, key_of(each)) for name, each in sorted(value.items()))
    if isinstance(value, list | tuple):
        return (kind, *(key_of(each) for each in value))
    hash(value)
    return value  # type: ignore[no-any-return]


def _names(kind: type) -> tuple[str, ...]:
    names = _NAMES.get(kind)
    if names is None:
        described: Any = kind
        names = _NAMES[kind] = tuple(each.name for each in fields(described))
    return names
