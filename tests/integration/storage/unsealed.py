"""Records that are left open, where the order of requests is looked at, in many rounds."""

import json
from collections.abc import Mapping
from typing import Any

from connections.adapters.purpose import Purpose
from connections.adapters.sealing import Sealer


class Unsealed(Sealer):
    """Leaves open what it should seal, which costs nearly nothing."""

    def seal(self, purpose: Purpose, record: str, secret: Mapping[str, Any]) -> bytes:
        return json.dumps(secret).encode()

    def unseal(self, purpose: Purpose, record: str, sealed: bytes) -> dict[str, Any]:
        opened: dict[str, Any] = json.loads(sealed)
        return opened
