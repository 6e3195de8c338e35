"""The stack's own alarms: what the service logs makes them go off, on one machine as in AWS."""

from local import template
from tests.e2e.demo_crm import DemoCrm
from tests.e2e.developer import developer
from tests.live_connection import content_of
from tests.stack import ROOT, RunningStack


def states(stack: RunningStack) -> dict[str, str]:
    """How the alarms are, by name."""
    report = content_of(stack.api.get("/_local/alarms"))
    return {name: each["state"] for name, each in report.items()}


def test_every_alarm_is_watched_and_a_sweep_a_minute_is_enough(
    running_stack: RunningStack,
) -> None:
    resources = template.load(ROOT / "template.yaml")["Resources"]
    named = {name for name, each in resources.items() if each["Type"] == "AWS::CloudWatch::Alarm"}
    running_stack.tick()
    assert set(states(running_stack)) == named
    assert states(running_stack)["NoSweep"] == "OK"


def test_an_app_that_is_refused_is_told_of(running_stack: RunningStack, crm: DemoCrm) -> None:
    """Five customers' refreshes are refused: whoever asks again and again is counted once."""
    first = crm.connection().connected()
    same = {name: first.client[name] for name in ("client_id", "client_secret")}
    own = {"clientId": first.client_id}
    others = [crm.connection(client=same, values=own).connected() for _ in range(4)]
    customers = [first, *others]
    for each in (*customers, *customers):
        crm.fault("token", "invalid-client")
        assert each.refresh().status_code == 502

    alarms = states(running_stack)

    assert (alarms["RegistrationRefused"], alarms["BreakerOpened"]) == ("ALARM", "ALARM")
    said = (running_stack.folder / "said").read_text().splitlines()
    assert any(line.startswith("ALARM RegistrationRefused: ") for line in said)


def test_a_dead_letter_is_told_of(running_stack: RunningStack) -> None:
    sqs = developer(running_stack, "sqs")
    (url,) = [url for url in sqs.list_queues()["QueueUrls"] if "-LapsesDeadLetters-" in url]
    assert states(running_stack)["LapseGivenUp"] == "OK"
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    assert states(running_stack)["LapseGivenUp"] == "ALARM"
    sqs.purge_queue(QueueUrl=url)
