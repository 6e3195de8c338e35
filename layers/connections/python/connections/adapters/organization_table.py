"""What the organization says of itself, in the Definitions table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import from_item, to_item, translated_errors
from connections.domain.organization import OrganizationProfile, ProfileChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY = {"pk": "organization", "sk": "organization"}


@dataclass(frozen=True, slots=True)
class DynamoOrganization:
    """Implements `OrganizationProfiles`."""

    client: "DynamoDBClient"
    table: str

    def get(self) -> OrganizationProfile:
        """Return it, consistently read; an empty one before anything was said."""
        with translated_errors():
            found = self.client.get_item(
                TableName=self.table, Key=to_item(_KEY), ConsistentRead=True
            ).get("Item")
        return _profile(from_item(found)) if found else OrganizationProfile()

    def change(self, change: ProfileChange) -> OrganizationProfile:
        """Store what is not None: two changes of different members do not undo each other."""
        urls = change.allowed_return_urls
        wanted = {"name": change.name, "urls": None if urls is None else list(urls)}
        values = {f":{name}": value for name, value in wanted.items() if value is not None}
        if not values:
            return self.get()
        with translated_errors():
            answer = self.client.update_item(
                TableName=self.table,
                Key=to_item(_KEY),
                UpdateExpression="SET " + ", ".join(f"#{name[1:]} = {name}" for name in values),
                ExpressionAttributeNames={f"#{name[1:]}": _NAMES[name[1:]] for name in values},
                ExpressionAttributeValues=to_item(values),
                ReturnValues="ALL_NEW",
            )
        return _profile(from_item(answer["Attributes"]))


_NAMES = {"name": "name", "urls": "allowedReturnUrls"}


def _profile(item: Mapping[str, Any]) -> OrganizationProfile:
    return OrganizationProfile(
        name=item.get("name"), allowed_return_urls=tuple(item.get("allowedReturnUrls", ()))
    )
