"""Where the user lands after a consent: gathered when it begins, so that its end reads nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from connections.application.instance_ports import KnownInstances, KnownIntegrations
from connections.domain.connection import Connection, Inputs, Place
from connections.domain.flow import Authorization, Landing
from connections.oauth.landing import with_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Landings:
    """Says where flows end that do not end on the service's own pages."""

    instances: KnownInstances
    integrations: KnownIntegrations

    def of(
        self, authorization: Authorization, connection: Connection, inputs: Inputs
    ) -> Landing | None:
        """Return where a flow ends: at custom redirects, else where its link was asked from."""
        leading = inputs.redirects.leading if inputs.redirects else None
        if leading is not None:
            success_uri, failure_uri = leading
            place = connection.place
            names = self._names(place) if place is not None else {}
            return Landing(
                success_uri=success_uri,
                failure_uri=failure_uri,
                parameters={**names, "id": connection.id},
            )
        if authorization.return_url is None:
            return None
        return Landing(
            success_uri=with_parameters(authorization.return_url, {"status": "succeeded"}),
            failure_uri=with_parameters(authorization.return_url, {"status": "failed"}),
            parameters={"id": connection.id},
        )

    def _names(self, place: Place) -> dict[str, str]:
        instance = self.instances.get(place.instance_id)
        names: dict[str, str | None] = {"instanceId": place.instance_id}
        if instance is not None:
            integration = self.integrations.get(instance.integration_id)
            names |= {
                "instanceName": instance.name,
                "integrationId": instance.integration_id,
                "integrationName": integration.name if integration else None,
            }
        names |= {
            "requiredConfigVariableId": place.variable_id,
            "requiredConfigVariableKey": place.variable_key,
        }
        return {name: each for name, each in names.items() if each is not None}


def landing_of(landing: Landing, error: str | None, words: Mapping[str, str]) -> str:
    """Return the address to which the browser goes; on failure with our code and our words."""
    if error is None:
        return with_parameters(landing.success_uri, landing.parameters)
    told = {**landing.parameters, "error": error, "errorDescription": words[error]}
    return with_parameters(landing.failure_uri, told)
