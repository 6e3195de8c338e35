"""The regions in which the service can run, each with an address of its own."""

from dataclasses import dataclass

DEFAULT = "us-east-2"


@dataclass(frozen=True, slots=True)
class Region:
    """A region by its AWS name and the name that people know."""

    region: str
    name: str

    def url(self, domain: str) -> str:
        """Return the region's address under the deployment's domain."""
        host = f"oauth2.{domain}" if self.region == DEFAULT else f"oauth2.{self.region}.{domain}"
        return f"https://{host}"


REGIONS = (
    Region(DEFAULT, "US Commercial"),
    Region("us-gov-west-1", "US GovCloud"),
    Region("eu-west-1", "Ireland"),
    Region("eu-west-2", "London"),
    Region("ca-central-1", "Canada"),
    Region("ap-southeast-2", "Sydney"),
)


def callback_url(address: str) -> str:
    """Return the redirect URI of the service at one of its addresses."""
    return f"{address}/callback"
