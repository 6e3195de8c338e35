"""Parts that several functions are composed of; what only one needs stands in its own module."""

import os
from functools import cache

from connections.adapters.aws import dynamodb_client, kms_client
from connections.adapters.sealing import Sealer
from connections.entrypoints.settings import SealingSettings


@cache
def sealer() -> Sealer:
    """Return the function's sealer."""
    settings = SealingSettings.read(os.environ)
    return Sealer(
        dynamodb_client(), kms_client(), settings.branch_keys_table, settings.sealing_key_arn
    )
