"""What is read differently from how it stands in a text, and where what was read stood."""

from typing import Any

from connections_sdk.places import Place, Remark, pointer

MOST_REMARKS = 100
Source = dict[str, Any]


class Tolerance:
    """Collects what there is to say while a document is made of plain data."""

    def __init__(self) -> None:
        self._problems: dict[str, Remark] = {}
        self._notes: list[Remark] = []
        self._origins: dict[Place, Place] = {}

    @property
    def told(self) -> tuple[Remark, ...]:
        """The notes; of very many the first ones, and how many more there are."""
        return _first(self._notes, "more places were read differently or left out")

    @property
    def refused(self) -> tuple[Remark, ...]:
        """The problems; of very many the first ones, and how many more there are."""
        return _first(list(self._problems.values()), "more places are wrong")

    def note(self, place: Place, detail: str) -> None:
        """Say what became of a place."""
        self._notes.append(Remark(pointer(place), detail))

    def refuse(self, place: Place, detail: str) -> None:
        """Say what is wrong with a place."""
        where = pointer(place)
        self._problems.setdefault(where, Remark(where, detail))

    def moved(self, origin: Place, place: Place) -> None:
        """Remember where in the text a part of the document stood."""
        self._origins[place] = origin

    def origin(self, place: Place) -> Place:
        """Return where in the text a place of the document stood, as exactly as is known."""
        for length in range(len(place), -1, -1):
            if place[:length] in self._origins:
                return (*self._origins[place[:length]], *place[length:])
        return place

    def mapping(self, data: Any, place: Place) -> Source:
        """Return an object, or an empty one for what is none, which is a problem."""
        if isinstance(data, dict):
            return data
        if data is not None:
            self.refuse(place, "must be an object")
        return {}

    def sequence(self, data: Any, place: Place) -> list[Any]:
        """Return a list, or an empty one for what is none, which is a problem."""
        if isinstance(data, list):
            return data
        if data is not None:
            self.refuse(place, "must be a list")
        return []

    @staticmethod
    def kept(data: Source, *names: str) -> Source:
        """Return those members of an object that have these names."""
        return {name: data[name] for name in names if name in data}

    def leave_out(self, data: Source, place: Place, *known: str) -> None:
        """Note the members of an object that nothing was made of."""
        for name in data:
            if name not in known:
                self.note((*place, name), "has no place in an integration here and was left out")


def _first(remarks: list[Remark], rest: str) -> tuple[Remark, ...]:
    more = len(remarks) - MOST_REMARKS
    if more <= 0:
        return tuple(remarks)
    return (*remarks[:MOST_REMARKS], Remark("#", f"{more} {rest}"))


def as_text(value: Any, place: Place, tolerance: Tolerance) -> Any:
    """Return a number as the text that it is written as: inputs have no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    tolerance.note(place, "is a number and was read as text")
    return str(int(value)) if float(value).is_integer() else str(value)
