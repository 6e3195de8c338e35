"""What the organization says of itself."""

import pytest

from connections.application.manage_organization import OrganizationEditor
from connections.domain.errors import InvalidRequest
from connections.domain.organization import OrganizationProfile, ProfileChange
from connections.oauth.addresses import AllowedHosts
from tests.doubles.world import World

URLS = ("https://app.example/done?tab=1", "http://localhost:3001/")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def editor(world: World) -> OrganizationEditor:
    hosts = AllowedHosts.parse("localhost:3001")
    return OrganizationEditor(profiles=world.organization_profiles, hosts=hosts)


def test_what_is_left_out_stays(editor: OrganizationEditor) -> None:
    assert editor.read() == OrganizationProfile()

    editor.change(ProfileChange(name="Acme"))
    changed = editor.change(ProfileChange(allowed_return_urls=URLS))

    assert changed == OrganizationProfile(name="Acme", allowed_return_urls=URLS)
    assert editor.read() == changed
    assert editor.change(ProfileChange(allowed_return_urls=())).allowed_return_urls == ()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://app.example", "http://localhost:1/", "data:,x", "/here"]
)
def test_a_browser_is_sent_to_web_addresses_alone(
    editor: OrganizationEditor, world: World, url: str
) -> None:
    with pytest.raises(InvalidRequest) as error:
        editor.change(ProfileChange(allowed_return_urls=(*URLS, url)))

    assert [each.pointer for each in error.value.problems] == ["#/allowedReturnUrls/2"]
    assert world.organization == OrganizationProfile()
