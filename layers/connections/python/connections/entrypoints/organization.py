"""The organization: what it is called, and where browsers may be sent back to."""

from typing import Annotated

from pydantic import Field

from connections.domain.organization import OrganizationProfile, ProfileChange
from connections.entrypoints.bodies import Body
from connections.entrypoints.http import API_KEY, new_router
from connections.entrypoints.management_services import services
from connections_sdk.forms import Document, Label
from connections_sdk.integrations import Uri

router = new_router()


class PatchOrganization(Body):
    """What `PATCH /organization` takes; what is left out stays."""

    name: Label | None = None
    allowed_return_urls: Annotated[list[Uri], Field(max_length=50)] | None = None
    """Where a browser may be sent after an authorization: all of them, each as it is sent."""


class ReadOrganization(Document):
    """The organization as it is read."""

    name: str | None
    allowed_return_urls: list[str]

    @classmethod
    def of(cls, profile: OrganizationProfile) -> "ReadOrganization":
        """Return what is read of it."""
        return cls(name=profile.name, allowed_return_urls=list(profile.allowed_return_urls))


@router.get("/organization", summary="Read the organization", tags=["Around"], security=API_KEY)
def read_organization() -> ReadOrganization:
    """What it is called, and where browsers may be sent back to."""
    return ReadOrganization.of(services().organization.read())


@router.patch("/organization", summary="Change the organization", tags=["Around"], security=API_KEY)
def patch_organization(changes: PatchOrganization) -> ReadOrganization:
    """A link that was made with a return URL goes on leading there until it expires."""
    urls = changes.allowed_return_urls
    change = ProfileChange(
        name=changes.name, allowed_return_urls=None if urls is None else tuple(urls)
    )
    return ReadOrganization.of(services().organization.change(change))
