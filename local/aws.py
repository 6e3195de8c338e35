"""AWS on one machine: moto behind a server on loopback, with IAM enforced in front of it."""

import io
import json
import re
import sys
from typing import Any
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sqs.models import sqs_backends

from local import cloudformation, dynamodb, needs
from local.deployment import ACCOUNT
from local.leading_keys import PartitionKeys
from local.outage import Outage
from local.permissions import Denial, Permissions
from local.server import LoopbackServer, RequestHandler

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")


def hasten_messages() -> None:
    """Let every message that is delayed, or hidden since it failed, be seen now."""
    for regions in sqs_backends.values():
        for backend in regions.values():
            for queue in backend.queues.values():
                for message in queue._messages:  # noqa: SLF001 - moto shows the visible ones only
                    message.delayed_until = message.visible_at = 0.0


class AwsServer(LoopbackServer):
    """The endpoint for all services.

    `permissions` and `partition_keys` are set once the template has been read.
    """

    def __init__(self, port: int = 0) -> None:
        cloudformation.make_complete()
        dynamodb.make_safe_between_threads()
        self.permissions = Permissions({}, {}, {})
        self.partition_keys: PartitionKeys = {}
        self.outage = Outage()
        self.application = DomainDispatcherApplication(create_backend_app)
        super().__init__(port, _Call)


class _Call(RequestHandler):
    server: AwsServer

    def do_POST(self) -> None:  # noqa: N802 - the name is the standard library's
        body = self.read_body()
        authorization = _CREDENTIAL.search(self.headers.get("Authorization", ""))
        if authorization is not None:
            access_key, region, service = authorization.groups()
            headers = {name.lower(): value for name, value in self.headers.items()}
            keys = self.server.partition_keys
            needed = needs.of_request(service, region, headers, body, keys)
            denied = self.server.permissions.first_denied(access_key, needed)
            if denied is not None:
                self._refuse(access_key, service, denied)
                return
            if self.server.outage.strikes(needed):
                words = "The level of configured provisioned throughput was exceeded."
                self._fail(400, "ProvisionedThroughputExceededException", words)
                return
        try:
            status, answer_headers, answer = self._ask_moto(body)
        except Exception as error:  # noqa: BLE001 - moto's own mistakes are the caller's to see
            self._fail(500, "InternalFailure", f"moto: {type(error).__name__} {error}")
            return
        self.answer(status, answer_headers, answer)

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST  # noqa: N815

    def _refuse(self, function: str, service: str, denial: Denial) -> None:
        need = denial.need
        message = (
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{function}Role/{function}"
            f" is not authorized to perform: {need.action} on resource: {need.resource}"
            f" because no {denial.policy} policy allows the {need.action} action"
        )
        self._fail(403 if service == "sqs" else 400, "AccessDeniedException", message)

    def _fail(self, status: int, code: str, message: str) -> None:
        """Answer with an error in the protocol of the request."""
        if "X-Amz-Target" not in self.headers:
            # The older protocol, and the services that still speak it, answer in XML.
            error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
            body = f"<ErrorResponse>{error}</ErrorResponse>".encode()
            self.answer(status, [("Content-Type", "text/xml")], body)
            return
        # Services differ in how they spell the message.
        content = {"__type": f"com.amazon#{code}", "message": message, "Message": message}
        headers = [("Content-Type", "application/x-amz-json-1.0")]
        self.answer(status, headers, json.dumps(content).encode())

    def _ask_moto(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        answer: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            answer[:] = [int(status[:3]), headers]

        content = b"".join(self.server.application(self._environ(body), start_response))
        headers = [(name, value) for name, value in answer[1] if name.lower() != "content-length"]
        return answer[0], headers, content

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        environ = {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "RAW_URI": self.path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.protocol_version,
            "SCRIPT_NAME": "",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ
