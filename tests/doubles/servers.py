"""An authorization server that follows a script."""

from collections import deque
from collections.abc import Callable
from datetime import datetime

from connections.oauth.messages import ServerRequest, ServerResponse

Answer = ServerResponse | Exception | Callable[[], ServerResponse]


class ConfirmingServer:
    """Implements `AuthorizationServer`: answers an empty 200 to everything."""

    def __init__(self) -> None:
        self.requests: list[ServerRequest] = []

    def send(self, request: ServerRequest, deadline: datetime) -> ServerResponse:
        self.requests.append(request)
        return ServerResponse(status=200, headers={}, body=b"", sent_at=deadline)


class ScriptedServer:
    """Implements `AuthorizationServer`: gives its answers in order and keeps what was asked.

    An exception is raised; a callable is called, so that something can happen meanwhile. A request
    beyond the script fails the test.
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers: deque[Answer] = deque(answers)
        self.requests: list[ServerRequest] = []
        self.deadlines: list[datetime] = []

    def send(self, request: ServerRequest, deadline: datetime) -> ServerResponse:
        self.requests.append(request)
        self.deadlines.append(deadline)
        assert self.answers, "the authorization server was not expected to be asked"
        answer = self.answers.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, ServerResponse) else answer()
