"""The part that recognizes customers' users, composed when the first of them comes."""

from connections.adapters.aws import dynamodb_client
from connections.adapters.clock import SystemClock
from connections.adapters.customers_table import DynamoCustomers
from connections.adapters.key_sets import CachedKeySets, HttpKeySets
from connections.adapters.signing_keys_table import DynamoSigningKeys
from connections.application.identify_user import UserIdentification
from connections.entrypoints.composition import DoorSettings


def user_identification(settings: DoorSettings) -> UserIdentification:
    """Compose it from a function's settings."""
    client, clock = dynamodb_client(), SystemClock()
    return UserIdentification(
        signing_keys=DynamoSigningKeys(client, settings.definitions_table),
        key_sets=CachedKeySets(inner=HttpKeySets(hosts=settings.development_hosts)),
        customers=DynamoCustomers(client, settings.definitions_table),
        clock=clock,
        audiences=settings.addresses,
    )
