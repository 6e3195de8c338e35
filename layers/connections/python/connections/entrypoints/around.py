"""What is around the API: health, regions, its document, and what its problems mean."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from connections import __version__
from connections.domain.errors import NotFound
from connections.domain.regions import DEFAULT, REGIONS, callback_url
from connections.entrypoints import pages
from connections.entrypoints.bodies import Health, Region, Regions
from connections.entrypoints.http import new_router
from connections.entrypoints.management_services import services
from connections.entrypoints.problems import KINDS

router = new_router()


@router.get("/health", summary="Tell that the service answers", tags=["Around"])
def health() -> Health:
    """Open to everybody."""
    return Health(status="ok", region=services().settings.aws_region, version=__version__)


@router.get("/regions", summary="List the regions and their callback URLs", tags=["Around"])
def regions() -> Regions:
    """The callback URL is the redirect URI to register with authorization servers.

    While an organization moves to a domain of its own, callbacks under both names are accepted.
    """
    settings = services().settings
    listed = []
    for region in REGIONS:
        current = region.region == settings.aws_region
        addresses = settings.addresses if current else (region.url(settings.domain),)
        listed.append(
            Region(
                region=region.region,
                name=region.name,
                default=region.region == DEFAULT,
                callback_url=callback_url(addresses[0]),
                accepted_callback_urls=[callback_url(each) for each in addresses],
                api_url=addresses[0],
            )
        )
    return Regions(current=settings.aws_region, regions=listed)


@router.get("/openapi.json", summary="Read this document", tags=["Around"])
def openapi() -> dict[str, Any]:
    """Generated from the routes of all functions."""
    # Imported here: it brings in every function's routes, which no other request needs.
    from connections.entrypoints.openapi import document  # noqa: PLC0415

    return document()


@router.get(
    "/problems/<code>",
    summary="Read what a problem's code means",
    tags=["Around"],
    responses=pages.PAGE,
)
def problem(code: Annotated[str, Path(max_length=100)]) -> Response[str]:
    """Return a page: every problem document's `type` leads to one."""
    kind = KINDS.get(code)
    if kind is None:
        raise NotFound("There is no problem of this code.")
    return pages.response(pages.plain(kind.title, kind.remedy))
