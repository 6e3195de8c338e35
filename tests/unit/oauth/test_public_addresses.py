"""Which IP addresses are of the public internet."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.oauth.addresses import public

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "223.255.255.255",
    "2000::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:800::200e",
    "2003::1",
]
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.0",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.0",
    "239.255.255.255",
    "240.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "100::1",
    "2001::1",
    "2001:0:53aa:64c:0:fbff:f5ff:fffe",
    "2001:db8::1",
    "2002:0808:0808::1",
    "2002:ffff:ffff::1",
    "64:ff9b:1::808:808",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "fc00::1",
    "fdff:ffff::1",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "ff00::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_that_is_routed_on_the_internet_is_public(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_any_other_address_is_not_public(address: str) -> None:
    assert not public(address)


def test_a_zone_does_not_make_an_address_less_public() -> None:
    assert public("2606:4700:4700::1111%eth0")


@pytest.mark.parametrize(
    "address", [address for address in (*PUBLIC, *NOT_PUBLIC) if ":" not in address]
)
def test_a_form_that_carries_an_ipv4_address_is_as_public_as_that(address: str) -> None:
    carried = int(IPv4Address(address))

    assert public(str(IPv6Address(0xFFFF << 32 | carried))) is public(address)
    assert public(str(IPv6Address((0x0064_FF9B << 96) | carried))) is public(address)


@pytest.mark.parametrize("unverified", ["", "acme.example", "127.1", "2130706433", "127.0.0.01"])
def test_what_is_no_address_is_an_error(unverified: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        public(unverified)


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address))
@settings(deadline=None)
def test_no_public_address_is_of_this_machine_its_link_or_a_group(
    address: IPv4Address | IPv6Address,
) -> None:
    local = (
        address.is_loopback,
        address.is_link_local,
        address.is_multicast,
        address.is_unspecified,
    )

    assert not (public(str(address)) and any(local))
