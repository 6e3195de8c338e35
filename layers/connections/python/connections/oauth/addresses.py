"""Which URLs may be called or shown at all: https, and named hosts of a development machine."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The `host:port` pairs that may be reached by http and on loopback: none in an account."""

    development: frozenset[str]

    @classmethod
    def parse(cls, setting: str) -> "AllowedHosts":
        """Read the setting: pairs separated by commas."""
        return cls(frozenset(each.strip().lower() for each in setting.split(",") if each.strip()))

    def development_host(self, host: str, port: int) -> bool:
        """Tell whether this is a named host of a development machine."""
        return f"{host.lower()}:{port}" in self.development

    def fault(self, url: str) -> str | None:
        """Return what forbids the use of a URL, or None. Names are resolved when it is called."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return "is not a URL"
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            return "must be an https URL"
        if not url.isascii():
            return "must be ASCII: write other characters percent-encoded"
        if any(ord(char) <= 32 or ord(char) == 127 or char == "\\" for char in url):  # noqa: PLR2004
            return "must not contain spaces, control characters or backslashes"
        if parts.username is not None or parts.password is not None:
            return "must not contain a user name or password"
        if self.development_host(parts.hostname, port or (443 if parts.scheme == "https" else 80)):
            return None
        if parts.scheme != "https":
            return "must be an https URL"
        return _literal_fault(parts.hostname)


def _literal_fault(host: str) -> str | None:
    try:
        ip_address(host)
    except ValueError:
        return None
    return None if public(host) else "must not name a private address"


_NAT64 = ip_network("64:ff9b::/96")
_NAT64_LOCAL = ip_network("64:ff9b:1::/48")


def public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet.

    Forms of IPv6 that carry an IPv4 address lead where that leads, so they are as public as it:
    mapped (RFC 4291), NAT64 (RFC 6052). 6to4 and Teredo are of no use today and are refused.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return public(str(ip.ipv4_mapped))
        if ip in _NAT64:
            return public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip in _NAT64_LOCAL or ip.sixtofour is not None or ip.teredo is not None:
            return False
    return ip.is_global and not ip.is_multicast
