"""The components that are built in: a document each, in the folder `components` of the package."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from connections_sdk.definitions import Component

FOLDER = Path(__file__).parent.parent / "components"


class PackagedComponents(Mapping[str, Component]):
    """The built-in components by their keys; each is read when it is asked for, and then kept."""

    def __getitem__(self, key: str) -> Component:
        # Only what the folder was seen to hold is opened: a key comes from outside.
        if key not in _keys():
            raise KeyError(key)
        return _component(key)

    def __iter__(self) -> Iterator[str]:
        return iter(_keys())

    def __len__(self) -> int:
        return len(_keys())


@cache
def _keys() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@cache
def _component(key: str) -> Component:
    return Component.model_validate_json((FOLDER / f"{key}.json").read_bytes())
