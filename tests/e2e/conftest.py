"""What only the end-to-end tests need beside the running stack."""

import pytest

from tests.e2e.demo_crm import DemoCrm
from tests.e2e.studio import Studio
from tests.stack import RunningStack
from tests.tokens import Signer


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests speak over loopback, also where sockets are off for the others."""


@pytest.fixture(scope="session")
def signer(running_stack: RunningStack) -> Signer:
    """Whoever signs the tokens of customers' people."""
    signer = Signer.ed25519()
    wanted = {"name": "of the studio", "publicKey": signer.public_pem}
    assert running_stack.api.post("/signing-keys", json=wanted).status_code == 201
    return signer


@pytest.fixture
def studio(crm: DemoCrm, signer: Signer) -> Studio:
    """Where integrations are built."""
    return Studio(crm=crm, signer=signer)
