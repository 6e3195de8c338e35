"""The app's secret is replaced at the provider: entered here, it is taken up without a consent."""

from tests.integration.entrypoints.demo import Demo
from tests.integration.entrypoints.test_batches import due

RENEWED = "another-client-secret-that-no-log-may-show"


def test_a_new_secret_is_taken_up_by_what_was_connected_under_the_old(demo: Demo) -> None:
    customer = due(demo)
    demo.register(customer.client_id, client_secret=RENEWED)

    refused = customer.call("POST", "/refresh")
    told = customer.read()
    patch = {"connection": {"values": {"clientSecret": RENEWED}}}
    entered = customer.call("PATCH", "", json=patch)
    refreshed = customer.call("POST", "/refresh")

    assert (refused.status, refused.json["code"]) == (502, "provider-refused")
    assert (told["status"], told["reason"]) == ("degraded", "operator-action-required")
    assert entered.status == 200
    assert (refreshed.status, refreshed.json["status"]) == (200, "active")
    assert (refreshed.json["reason"], refreshed.json["generation"]) == (None, 2)
    assert demo.active(customer.credentials()["token"]["access_token"])
    [newest, *_] = customer.log()
    assert newest["event"] == "refresh.succeeded"
    assert RENEWED not in newest["detail"]
    assert customer.call("POST", "/refresh").json["generation"] == 3
