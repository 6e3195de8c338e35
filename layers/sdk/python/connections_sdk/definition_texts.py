"""The texts of definitions, YAML or JSON, as plain data and back.

What is read is a tree of mappings, lists, strings, numbers, true, false and null, and nothing else:
YAML's aliases, tags and merge keys are refused, and what looks like a date is a string.
"""

import json
import re
from enum import StrEnum
from typing import Any, NoReturn

import yaml  # type: ignore[import-untyped]

from connections_sdk.places import Place, Remark, pointer

LONGEST = 256 * 1024
"""Bytes of a text in UTF-8."""
DEEPEST = 64
"""Mappings and lists within each other."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_QUOTED = re.compile(rf"(?:{_NUMBER.pattern}|0o[0-7]+)\Z", re.ASCII)
_SEPARATOR = re.compile("[\x85\u2028\u2029]")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WIDEST = 2**31 - 1


class Media(StrEnum):
    """In what a definition is written."""

    YAML = "yaml"
    JSON = "json"


class UnreadableDefinition(ValueError):
    """A text is no definition; each problem says where and why, and none quotes a value."""

    def __init__(self, *problems: Remark) -> None:
        super().__init__("; ".join(f"{each.pointer}: {each.detail}" for each in problems))
        self.problems = problems


class _Pairs(list[tuple[str, Any]]):
    """A mapping as it was read, in which a name may stand twice."""


def plain_data(text: str, media: Media) -> Any:
    """Return what the text says.

    Raises:
        UnreadableDefinition: it is malformed, too large or too deep, a name stands twice in a
            mapping, or it uses what definitions in YAML have no use for.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise _unreadable((), "must be Unicode text, without lone surrogates") from None
    if size > LONGEST:
        raise _unreadable((), "must be at most 256 KB")
    return _with_mappings(_from_json(text) if media is Media.JSON else _from_yaml(text), ())


def yaml_text(data: Any) -> str:
    """Return plain data as YAML that reads back as the same: in its order, no line folded."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDEST)
    return text


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """Quotes also what is a number by YAML 1.2 alone, and separators that are read as newlines."""

    def represent_text(self, text: str) -> Any:
        """Return the node of a string."""
        style = '"' if _SEPARATOR.search(text) else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _QUOTED, list("-+.0123456789"))


def _unreadable(place: Place, detail: str) -> UnreadableDefinition:
    return UnreadableDefinition(Remark(pointer(place), detail))


def _with_mappings(data: Any, place: Place) -> Any:
    if len(place) > DEEPEST:
        raise _too_deep()
    if isinstance(data, _Pairs):
        mapping: dict[str, Any] = {}
        for name, value in data:
            if name in mapping:
                raise _unreadable((*place, name), "stands twice in its object")
            mapping[name] = _with_mappings(value, (*place, name))
        return mapping
    if isinstance(data, list):
        return [_with_mappings(each, (*place, index)) for index, each in enumerate(data)]
    return data


def _too_deep() -> UnreadableDefinition:
    return _unreadable((), f"must not be deeper than {DEEPEST} levels")


def _from_json(text: str) -> Any:
    try:
        return json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_Pairs, parse_constant=_no_number
        )
    except json.JSONDecodeError as error:
        raise _unreadable(
            (), f"must be JSON; it ends being so at line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise _unreadable((), "must have only numbers that JSON has, of reasonable size") from None


def _no_number(_name: str) -> NoReturn:
    raise ValueError


def _from_yaml(text: str) -> Any:
    try:
        return _YamlReading().result_of(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise _unreadable((), f"must be YAML; it ends being so{where}") from None
    except yaml.YAMLError:
        raise _unreadable((), "must be YAML; it has a character that YAML does not have") from None


class _YamlReading:
    """Puts YAML's events together; refuses what is not asked for before anything is made of it."""

    def __init__(self) -> None:
        self._root: list[Any] = []
        self._open: list[list[Any]] = [self._root]

    def result_of(self, text: str) -> Any:
        """Return what the text's only document says."""
        for event in yaml.parse(text, Loader=_LOADER):
            self._look_at(event)
        if not self._root:
            raise _unreadable((), "must not be empty")
        return self._root[0]

    def _look_at(self, event: Any) -> None:
        match event:
            case yaml.AliasEvent():
                raise _unmarked(event, "must not have aliases (*)")
            case yaml.NodeEvent() if event.anchor is not None:
                raise _unmarked(event, "must not have anchors (&)")
            case yaml.NodeEvent() if event.tag is not None:
                raise _unmarked(event, "must not have tags (!)")
            case yaml.DocumentStartEvent() if self._root:
                raise _unmarked(event, "must be one document, not several")
            case yaml.ScalarEvent():
                self._add(event, event.value if event.style else _scalar(event.value))
            case yaml.MappingStartEvent():
                self._begin(event, _Pairs())
            case yaml.SequenceStartEvent():
                self._begin(event, [])
            case yaml.CollectionEndEvent():
                self._open.pop()

    def _begin(self, event: Any, collection: list[Any]) -> None:
        if len(self._open) > DEEPEST:
            raise _too_deep()
        self._add(event, collection)
        self._open.append(collection)

    def _add(self, event: Any, value: Any) -> None:
        within = self._open[-1]
        if not isinstance(within, _Pairs):
            within.append(value)
        elif within and within[-1][1] is _AWAITED:
            within[-1] = (within[-1][0], value)
        elif isinstance(event, yaml.ScalarEvent):
            within.append((event.value, _AWAITED))
        else:
            raise _unmarked(event, "must have names, not lists or objects, before its colons")


_AWAITED = object()
"""Stands for the value of a name until it comes."""


def _unmarked(event: Any, detail: str) -> UnreadableDefinition:
    mark = event.start_mark
    return _unreadable((), f"{detail}: line {mark.line + 1}, column {mark.column + 1}")


def _scalar(text: str) -> Any:
    """Return what stands there without quotes, by YAML 1.2: yes, on and dates are strings."""
    if text in _WORDS:
        return _WORDS[text]
    return float(text) if _NUMBER.fullmatch(text) else text
