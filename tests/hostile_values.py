"""Values that would change where a URL leads, if they could stand in its host."""

HOSTILE = [
    # The end of the host.
    "evil.example/", "evil.example/x", "/", "//", "//evil.example", "evil.example?", "?x=1",
    "evil.example#", "#", "evil.example#x", "evil.example\\", "\\", "\\\\evil.example", ";", "a;b",
    # User names and ports.
    "@", "evil.example@", "user@evil.example", "user:secret@evil.example", ":", ":80",
    "evil.example:443", "a:b", "evil.example:443/@",
    # Schemes.
    "https://evil.example", "http://evil.example/", "javascript:alert(1)", "://", "https:",
    # Encoded.
    "%2f", "%2F", "evil.example%2f", "%40", "evil.example%3f", "%23", "%00", "%5c", "%", "a%",
    "%2e", "evil%2eexample", "%E3%80%82",
    # Spaces and control characters.
    " ", "evil.example ", " evil.example", "a b", "a\tb", "a\nb", "a\r\nHost: evil.example", "a\n",
    "\na", "\0", "a\0b", "a\x7f", "a\x85b", "a\u2028b", "a\xa0b", "a\ufeff", "a\u200bb",
    # What looks like a dot, a slash, a letter or a digit.
    "evil\u3002example", "evil\uff0eexample", "evil\uff61example", "evil.example\uff0f",
    "evil.example\u2044", "evil.example\u2215", "evil\u2100example", "\u0435vil", "\uff45vil",
    "\u2460", "\u0661", "stra\xdfe", "\u0130", "\u212a", "\ud800", "\U0001f4a9",
    # No labels.
    ".", "..", ".evil", "evil.", "evil..example", "a..b", "-", "-a", "a-", "a.-b", "a-.b",
    "a." + "x" * 64, "x" * 64, "x" * 254, ".".join(["x" * 63] * 4) + ".x",
    # Other forms of hosts.
    "[::1]", "::1", "[", "]", "fe80::1%25lo", "evil_example", "*", "*.example", "a,b", "a|b", "a^b",
    "{{#domain}}", "{{domain}}", "${domain}", "{domain}", "<a>", "'", '"', "`", "a+b", "a=b", "a&b",
    "a~b", "a!b", "a$b", "(a)",
]  # fmt: skip
"""All of them."""
NUMBERS = [
    "127.0.0.1", "10.0.0.1", "169.254.169.254", "2130706433", "0", "127.1", "0x7f.1", "0x7f000001",
    "0X7F.1", "0177.0.0.1", "a.0x", "example.1", "1.1.1.1",
]  # fmt: skip
"""Values that make an address where they are the end of a host."""
HARMLESS = [
    "a", "acme", "ACME", "acme-1", "1", "a1", "1a", "xn--mnchen-3ya", "acme.example", "a.b.c",
    "eu-west.acme", "a--b", "x" * 63, ("x" * 40 + ".") * 5 + "x",
]  # fmt: skip
