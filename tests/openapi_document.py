"""Write the API's OpenAPI document to docs/openapi.json, or check that it is the one there."""

import json
import sys
from pathlib import Path

from connections.entrypoints.openapi import document

WRITTEN = Path(__file__).parent.parent / "docs" / "openapi.json"


def generated() -> str:
    """Return the document as it stands in the repository: indented, keys in order."""
    return json.dumps(document(), indent=2, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Write the document, or with --check tell whether it has changed."""
    if "--check" not in arguments:
        WRITTEN.write_text(generated())
        return 0
    if WRITTEN.exists() and WRITTEN.read_text() == generated():
        return 0
    sys.stderr.write("docs/openapi.json is not what the code says: run `make openapi`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
