"""All interleavings of the real use cases, explored exhaustively and in every state looked at.

Several actors work on one connection over a storage that fails, before a server that fails, and
may be killed at any moment. What is promised must hold in every state that can be reached.

What is taken for granted: nobody outlives an invocation, and claims end after it; a rescue comes
while others wait for it; a call of storage is atomic, and reads what was written last. Messages of
the queue of revocations stay there, and nobody connects anew.
"""

from tests.proof.explorer.campaign import main, run

__all__ = ["main", "run"]
