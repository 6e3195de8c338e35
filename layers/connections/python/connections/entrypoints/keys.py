"""API keys of the organization, and the keys that sign its customers' users' tokens."""

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from connections.domain.caller import Organization
from connections.domain.errors import Forbidden
from connections.domain.identifiers import ApiKeyId, SigningKeyId
from connections.entrypoints.access_bodies import (
    ApiKeyPage,
    CreateApiKey,
    CreateSigningKey,
    ReadApiKey,
    ReadSigningKey,
    RotateApiKey,
    ShownApiKey,
    SigningKeyPage,
)
from connections.entrypoints.http import API_KEY, caller_of, new_router
from connections.entrypoints.management_services import services
from connections.entrypoints.parameters import Cursor, Limit

router = new_router()
KeyPath = Annotated[str, Path(alias="key", min_length=1, max_length=100)]


@router.post(
    "/api-keys",
    summary="Create an API key",
    tags=["Access"],
    security=API_KEY,
    status_code=201,
)
def create_api_key(wanted: CreateApiKey) -> ShownApiKey:
    """The key is shown this once. It can have no scope that the caller's key has not."""
    shown = services().keyring.create(
        wanted.name, wanted.scopes, expires_at=wanted.expires_at, caller=_organization()
    )
    return ShownApiKey.of_shown(shown)


@router.get("/api-keys", summary="List API keys", tags=["Access"], security=API_KEY)
def list_api_keys(limit: Limit = 50, cursor: Cursor = None) -> ApiKeyPage:
    """Newest first, without their secrets. `lastUsedAt` is right to the hour."""
    found, following = services().keyring.page(limit=limit, cursor=cursor)
    return ApiKeyPage(items=[ReadApiKey.of(each) for each in found], next_cursor=following)


@router.post(
    "/api-keys/<key>/rotate", summary="Rotate an API key", tags=["Access"], security=API_KEY
)
def rotate_api_key(key: KeyPath, wanted: RotateApiKey) -> ShownApiKey:
    """Give the key a new secret, shown this once; the old one works for `overlapSeconds` longer.

    Of several rotations the last one's overlap counts.
    """
    overlap = timedelta(seconds=wanted.overlap_seconds)
    return ShownApiKey.of_shown(services().keyring.rotate(ApiKeyId(key), overlap, _organization()))


@router.delete(
    "/api-keys/<key>",
    summary="Delete an API key",
    tags=["Access"],
    security=API_KEY,
    status_code=204,
)
def delete_api_key(key: KeyPath) -> Response[None]:
    """Functions that knew the key take it for a minute longer."""
    services().keyring.delete(ApiKeyId(key))
    return Response(status_code=204)


@router.post(
    "/signing-keys",
    summary="Register a key that signs customer users' tokens",
    tags=["Access"],
    security=API_KEY,
    status_code=201,
)
def create_signing_key(wanted: CreateSigningKey) -> ReadSigningKey:
    """A public key as PEM or JWK, or the URL of a JWK Set."""
    made = services().signing_keys.register(
        wanted.name,
        public_key=wanted.public_key,
        jwks_url=wanted.jwks_url,
        issuer=wanted.issuer,
        caller=_organization(),
    )
    return ReadSigningKey.of(made)


@router.get("/signing-keys", summary="List signing keys", tags=["Access"], security=API_KEY)
def list_signing_keys() -> SigningKeyPage:
    """All of them, oldest first; there are at most twenty."""
    found = services().signing_keys.all()
    return SigningKeyPage(items=[ReadSigningKey.of(each) for each in found], next_cursor=None)


@router.delete(
    "/signing-keys/<key>",
    summary="Delete a signing key",
    tags=["Access"],
    security=API_KEY,
    status_code=204,
)
def delete_signing_key(key: KeyPath) -> Response[None]:
    """What it signed is refused; functions that knew a token take it for a minute longer."""
    services().signing_keys.delete(SigningKeyId(key))
    return Response(status_code=204)


def _organization() -> Organization:
    caller = caller_of(router)
    if not isinstance(caller, Organization):
        raise Forbidden("This is for the organization's API keys.")
    return caller
