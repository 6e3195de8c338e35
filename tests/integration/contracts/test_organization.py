"""The contract of `OrganizationProfiles`."""

from connections.domain.organization import OrganizationProfile, ProfileChange
from tests.integration.contracts.ports import Ports

URLS = ("https://b.example", "https://a.example/?ü")


def test_before_anything_was_said_there_is_an_empty_profile(ports: Ports) -> None:
    assert ports.organization.get() == OrganizationProfile()
    assert ports.organization.change(ProfileChange()) == OrganizationProfile()


def test_what_is_changed_is_read_back_and_the_rest_stays(ports: Ports) -> None:
    named = OrganizationProfile(name="Acme")
    assert ports.organization.change(ProfileChange(name="Acme")) == named
    assert ports.organization.get() == named

    both = OrganizationProfile(name="Acme", allowed_return_urls=URLS)
    assert ports.organization.change(ProfileChange(allowed_return_urls=URLS)) == both
    assert ports.organization.get() == both

    emptied = ports.organization.change(ProfileChange(name="Globex", allowed_return_urls=()))
    assert emptied == OrganizationProfile(name="Globex")
    assert ports.organization.get() == emptied
