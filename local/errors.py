"""What can be wrong when the stack starts on one machine.

StackError                  something must be changed before the stack can start
└── PortInUse               another program listens where the stack should
"""


class StackError(Exception):
    """The stack cannot start; the message is one line that says what to change."""


class PortInUse(StackError):
    """Another program listens on a port that the stack needs."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is in use")
        self.port = port
