"""What a client of the service raises."""

from connections_sdk.places import Remark


class ConnectionsApiError(Exception):
    """The service refused, or answered nothing that can be used (status 0 if nothing at all)."""

    def __init__(
        self, status: int, code: str, detail: str, problems: tuple[Remark, ...] = ()
    ) -> None:
        places = "".join(f"\n  {each.pointer}: {each.detail}" for each in problems)
        super().__init__(f"{status} {code}: {detail}{places}")
        self.status = status
        self.code = code
        self.detail = detail
        self.problems = problems
        """The places of the document that are to be mended."""


class AmbiguousIntegration(ValueError):
    """The organization has several integrations of a name."""

    def __init__(self, name: str, ids: list[str]) -> None:
        super().__init__(
            f"there are {len(ids)} integrations named {name!r}: {', '.join(ids)};"
            " say which with integration_id="
        )
        self.ids = ids
