"""The components: those that are built in, and those that the organization publishes."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from connections.application.offered_components import Sought
from connections.entrypoints.component_bodies import ComponentPage, ListedComponent
from connections.entrypoints.http import API_KEY, new_router
from connections.entrypoints.management_services import services
from connections.entrypoints.parameters import Cursor, Limit
from connections_sdk.definitions import Component

router = new_router()
ComponentKey = Annotated[str, Path(alias="component", min_length=1, max_length=100)]


@router.get("/components", summary="List components", tags=["Definitions"], security=API_KEY)
def list_components(
    search: Annotated[str | None, Query(max_length=200)] = None,
    category: Annotated[str | None, Query(max_length=50)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ComponentPage:
    """By key, built-in ones among them. A page is filtered after it is cut: it may be short."""
    found, following = services().offered.page(
        Sought(search=search, category=category), limit=limit, cursor=cursor
    )
    return ComponentPage(items=[ListedComponent.of(each) for each in found], next_cursor=following)


@router.get(
    "/components/<component>", summary="Read a component", tags=["Definitions"], security=API_KEY
)
def read_component(component: ComponentKey) -> Component:
    """Return the component as it was published, or as it is built in."""
    return services().components.read(component)


@router.put(
    "/components/<component>",
    summary="Publish or replace a component",
    tags=["Definitions"],
    security=API_KEY,
)
def publish_component(component: ComponentKey, document: Component) -> Component:
    """Connections that were made before keep the definition they were made from."""
    return services().components.publish(component, document)


@router.delete(
    "/components/<component>",
    summary="Delete a component",
    tags=["Definitions"],
    security=API_KEY,
    status_code=204,
)
def delete_component(component: ComponentKey) -> Response[None]:
    """Of the organization's own, where no integration and no connection uses it."""
    services().components.delete(component)
    return Response(status_code=204)
