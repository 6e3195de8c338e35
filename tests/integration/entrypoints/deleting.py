"""A customer with all that one can have, and the function that deletes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.integration import memory
from tests.integration.aws import Aws
from tests.integration.entrypoints.demo import Customer, Demo
from tests.integration.entrypoints.events import event
from tests.integration.entrypoints.kept import Kept
from tests.integration.entrypoints.sent import Killed, Sent, sending
from tests.integration.entrypoints.tenants import Tenants, running_functions
from tests.integration.entrypoints.test_life import queued

MOST_PASSES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """The customer acme, which is to be deleted, and globex, which is not."""

    aws: Aws
    sent: Sent
    demo: Demo
    tenants: Tenants
    connected: list[Customer]
    waiting: Customer
    ids: list[str]
    """Of acme and all its connections."""
    untouched: Customer
    before: Kept
    marked: Kept
    """After `DELETE /customers/{id}`."""

    @property
    def message(self) -> str:
        return f'{{"customerId": "{self.tenants.acme}"}}'

    def begin(self, kept: Kept) -> None:
        """Bring everything back to how it was then; the queues are empty."""
        kept.restore()
        self.empty()
        self.aws.messages("RevocationsQueue")
        self.demo.http.delete("/_ledger").raise_for_status()
        self.sent.failing_at(0)

    def mark(self) -> None:
        """Ask for the deletion."""
        path = f"/customers/{self.tenants.acme}"
        assert self.demo.functions.call("DELETE", path).status == 202
        a_minute_ago(self.aws, self.tenants.acme)

    def deliver(self, body: str = "", *, seconds: float = 120.0) -> bool:
        """Give the function a message, and tell whether it did its work."""
        wanted = event("delete_connections.customer")
        wanted["Records"][0]["body"] = body or self.message
        try:
            done = self.demo.functions.invoke("DeleteConnectionsFunction", wanted, seconds=seconds)
        except Killed:
            return False
        return done == {"batchItemFailures": []}

    def queued(self, queue: str = "DeletionsQueue") -> tuple[int, int]:
        """Return how many messages wait in a queue, and how many are not to be seen yet."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
        told = self.aws.sqs.get_queue_attributes(
            QueueUrl=self.aws.names[queue], AttributeNames=names
        )["Attributes"]
        now, later = (int(told[name]) for name in names)
        return now, later

    def empty(self) -> None:
        """Forget the messages, also those that are not to be seen yet."""
        memory.forget_messages(self.aws.names["DeletionsQueue"])

    def finish(self) -> int:
        """Deliver messages until there are none, a failed one again; return how many failed."""
        failed = 0
        for _ in range(MOST_PASSES):
            if not self.deliver():
                failed += 1
                continue
            if self.queued() == (0, 0):
                return failed
            # What is delayed comes at last.
            self.empty()
        raise AssertionError("The deletion does not come to an end")

    def revoke(self) -> set[str]:
        """Run the revoking function; return the fingerprints of what the provider revoked."""
        batch = queued(self.aws, "RevocationsQueue", "revoke_tokens.disconnected")
        done = self.demo.functions.invoke("RevokeTokensFunction", batch, seconds=60)
        assert done == {"batchItemFailures": []}
        revoked = self.demo.requests("revoke")
        assert {each["status"] for each in revoked} <= {200}
        return {each["token"] for each in revoked}

    def present(self) -> Kept:
        return Kept.of(self.aws)

    def remains(self, present: Kept) -> list[str]:
        """Return the raw items that name the customer or one of its connections."""
        return [
            str(item)
            for table, items in present.tables.items()
            for item in items
            if table != "Audit" and self.names(item)
        ]

    def others(self, present: Kept) -> list[str]:
        """Return the raw items that are of others."""
        return sorted(
            str(item) for items in present.tables.values() for item in items if not self.names(item)
        )

    def names(self, item: dict[str, Any]) -> bool:
        """Tell whether an item is of the customer."""
        text = str(item)
        return any(each in text for each in (*self.ids, "'acme'"))


def a_minute_ago(aws: Aws, customer_id: str) -> None:
    """Have a deletion asked for a while ago: the indexes show all that there was before it."""
    aws.dynamodb.update_item(
        TableName=aws.names["Definitions"],
        Key={"pk": {"S": "customer"}, "sk": {"S": customer_id}},
        UpdateExpression="SET deletingSince = deletingSince - :minute",
        ExpressionAttributeValues={":minute": {"N": "60"}},
    )


@contextmanager
def to_delete(aws: Aws, provider: str) -> Iterator[Deletion]:
    """Found an organization whose customer acme was asked to be deleted."""
    host = provider.removeprefix("http://")
    with (
        sending() as sent,
        running_functions(aws, host) as functions,
        httpx.Client(base_url=provider, trust_env=False) as http,
    ):
        demo = Demo(functions=functions, http=http, url=provider)
        tenants = Tenants.founded(functions)
        acme, globex = tenants.acme, tenants.globex
        connected = [demo.connection(customer_id=acme).connected() for _ in range(2)]
        plain = tenants.connection(tenants.token("ada"))
        waiting = demo.connection(customer_id=acme)
        for customer in (waiting, demo.connection(customer_id=globex)):
            customer.press(customer.open(customer.link()))
            customer.link()
        untouched = demo.connection(customer_id=globex).connected()
        tenants.connection(customerId=globex)
        ids = [acme, plain["id"], waiting.id, *(each.id for each in connected)]
        before = Kept.of(aws)
        assert functions.call("DELETE", f"/customers/{acme}").status == 202
        a_minute_ago(aws, acme)
        yield Deletion(
            aws=aws,
            sent=sent,
            demo=demo,
            tenants=tenants,
            connected=connected,
            waiting=waiting,
            ids=ids,
            untouched=untouched,
            before=before,
            marked=Kept.of(aws),
        )
