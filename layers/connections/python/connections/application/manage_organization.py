"""Read and change what the organization says of itself."""

from dataclasses import dataclass

from connections.application.access_ports import OrganizationProfiles
from connections.domain.errors import InvalidRequest, Problem
from connections.domain.organization import OrganizationProfile, ProfileChange
from connections.oauth.addresses import AllowedHosts


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationEditor:
    """The organization's profile."""

    profiles: OrganizationProfiles
    hosts: AllowedHosts

    def read(self) -> OrganizationProfile:
        """Return it."""
        return self.profiles.get()

    def change(self, change: ProfileChange) -> OrganizationProfile:
        """Change what is not None, and return all there is then.

        Raises:
            InvalidRequest: a return URL is none to which a browser may be sent.
        """
        faults = [self.hosts.fault(each) for each in change.allowed_return_urls or ()]
        problems = [
            Problem(f"#/allowedReturnUrls/{index}", fault)
            for index, fault in enumerate(faults)
            if fault is not None
        ]
        if problems:
            raise InvalidRequest("Some return URLs cannot be used.", problems)
        return self.profiles.change(change)
