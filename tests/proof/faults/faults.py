"""What can go wrong with one step."""

from enum import StrEnum

from tests.proof.faults.steps import TOKEN_REQUEST, Call


class Fault(StrEnum):
    """What happens to a step; the value is its column in the table."""

    KILLED_BEFORE = "kill<"
    """The process ends before the request is sent."""
    KILLED_AFTER = "kill>"
    """It ends when the request has done its work."""
    THROTTLED_ONCE = "thr1"
    """The first try of AWS's client is throttled."""
    THROTTLED = "thr4"
    """All tries of one call are."""
    THROTTLED_ON = "thr∞"
    """All calls of this kind are, until the recovery."""
    CONFLICT = "confl"
    """A transaction of somebody else's is in the way."""
    OVERTAKEN = "overt"
    """Somebody else claimed the connection just before, so that the condition fails."""
    LOST_BEFORE = "time<"
    """No answer comes to any try, and nothing was done."""
    LOST_ONCE = "time1"
    """It was done, but no answer comes to the first try."""
    LOST_AFTER = "time>"
    """It was done, but no answer comes to any try."""
    SERVICE_DOWN = "down"
    """The service cannot be reached from here on, until the recovery."""
    AWS_DOWN = "AWS∅"
    """Nothing of AWS can be."""
    DISCONNECTED = "disc"
    """The customer disconnects just before."""
    RECONNECTED = "reco"
    """The customer connects anew just before."""
    KMS_DENIED = "deny"
    """KMS refuses access, until the recovery."""
    KMS_FAILED = "kms5"
    """KMS fails itself."""
    ANSWER_LOST = "lost1"
    """The authorization server hangs up in place of its first answer."""
    ANSWERS_LOST = "lost∞"
    """It does so in place of each, until the recovery."""
    ANSWER_CUT = "cut"
    """Half of the answer comes."""
    GATEWAY = "502"
    """The server acted, and a gateway says that it did not answer."""
    SERVER_ERROR = "500"
    RATE_LIMITED = "429"

    def hits(self, call: Call) -> bool:
        """Tell whether it can happen to this call."""
        if self in _ANYWHERE:
            return True
        if call == TOKEN_REQUEST or self in _OF_THE_PROVIDER:
            return call == TOKEN_REQUEST and self in _OF_THE_PROVIDER
        match self:
            case Fault.CONFLICT:
                return call.writes
            case Fault.OVERTAKEN:
                return call.claims
            case Fault.LOST_ONCE | Fault.LOST_AFTER:
                return call.writes or call.service == "sqs"
            case Fault.KMS_DENIED | Fault.KMS_FAILED:
                return call.service == "kms"
        return True

    @property
    def takes_the_answer(self) -> bool:
        """Whether nobody can have what the server answered: on its way, or with its holder."""
        return self in _TAKING


_ANYWHERE = frozenset(
    {Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.DISCONNECTED, Fault.RECONNECTED}
)
_OF_THE_PROVIDER = frozenset(
    {
        Fault.ANSWER_LOST, Fault.ANSWERS_LOST, Fault.ANSWER_CUT, Fault.GATEWAY,
        Fault.SERVER_ERROR, Fault.RATE_LIMITED,
    }
)  # fmt: skip
_TAKING = frozenset(
    {
        Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.AWS_DOWN, Fault.ANSWER_LOST,
        Fault.ANSWERS_LOST, Fault.ANSWER_CUT, Fault.GATEWAY,
    }
)  # fmt: skip
