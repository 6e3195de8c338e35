"""What a function is told by its environment.

One model a function, so that what is missing fails its start and not its first use.
"""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic.alias_generators import to_snake

from connections.oauth.addresses import AllowedHosts

Name = Annotated[str, StringConstraints(min_length=1)]


def _hosts(value: object) -> object:
    return AllowedHosts.parse(value) if isinstance(value, str) else value


Hosts = Annotated[AllowedHosts, BeforeValidator(_hosts)]


class Settings(BaseModel):
    """Settings from environment variables: `tokens_table` is TOKENS_TABLE."""

    model_config = ConfigDict(
        frozen=True,
        hide_input_in_errors=True,
        extra="ignore",
        alias_generator=lambda name: to_snake(name).upper(),
    )

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Return the settings.

        Raises:
            pydantic.ValidationError: a variable is missing or empty.
        """
        return cls.model_validate(dict(environment))


class SealingSettings(Settings):
    """Where branch keys are, and the key that wraps them."""

    branch_keys_table: Name
    sealing_key_arn: Name
