"""The stack on one machine follows the template and behaves as Lambda, API Gateway and IAM do."""

import base64
import concurrent.futures
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import needs
from local.functions import Busy
from local.stack import Stack

FIXTURE = Path(__file__).parent / "fixture_stack"
Store = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    logs = tmp_path_factory.mktemp("logs")
    with Stack(template_path=FIXTURE / "template.yaml", root=FIXTURE, logs=logs) as running:
        yield running


@pytest.fixture(scope="module")
def http(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=60) as client:
        yield client


@pytest.fixture
def store(http: httpx.Client) -> Store:
    """Let the store function call AWS; $TABLE, $KEY and $QUEUE stand for what it knows."""

    def call(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        content = {"service": service, "operation": operation, "with": arguments}
        answer: dict[str, Any] = http.post("/store", json=content).raise_for_status().json()
        return answer

    return call


def items(stack: Stack, prefix: str) -> list[dict[str, Any]]:
    found = stack.client("dynamodb").scan(TableName=stack.outputs["Items"])["Items"]
    return [item for item in found if item["pk"]["S"].startswith(prefix)]


def send(stack: Stack, *bodies: str) -> None:
    for body in bodies:
        stack.client("sqs").send_message(QueueUrl=stack.outputs["Queue"], MessageBody=body)


def tick(http: httpx.Client) -> dict[str, Any]:
    answer: dict[str, Any] = http.post("/_local/tick").raise_for_status().json()
    return answer


# --- Payload format version 2.0 ------------------------------------------------------------------


def test_a_request_becomes_an_event_of_version_2(stack: Stack, http: httpx.Client) -> None:
    headers = [("X-Two", "a"), ("X-Two", "b"), ("Cookie", "one=1; two=2"), ("User-Agent", "test")]
    event = http.get("/things/a%20b/parts/%C3%BC?x=1&x=2&y=%20", headers=headers).json()["event"]
    context = event.pop("requestContext")
    sent = event.pop("headers")
    assert event == {
        "version": "2.0",
        "routeKey": "GET /things/{thing}/parts/{part}",
        "rawPath": "/things/a b/parts/ü",
        "rawQueryString": "x=1&x=2&y=%20",
        "cookies": ["one=1", "two=2"],
        "queryStringParameters": {"x": "1,2", "y": " "},
        "pathParameters": {"thing": "a b", "part": "ü"},
        "isBase64Encoded": False,
    }
    assert sent["x-two"] in ("a,b", "a, b")
    assert sent["x-forwarded-for"] == "127.0.0.1"
    assert "cookie" not in sent
    assert context.pop("http") == {
        "method": "GET",
        "path": "/things/a b/parts/ü",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "test",
    }
    assert abs(context.pop("timeEpoch") / 1000 - time.time()) < 5
    assert context.pop("requestId")
    assert context.pop("time")
    assert context == {
        "accountId": "123456789012",
        "apiId": "local",
        "domainName": "127.0.0.1",
        "domainPrefix": "127",
        "routeKey": "GET /things/{thing}/parts/{part}",
        "stage": "$default",
    }


def test_what_is_empty_is_left_out_of_the_event(http: httpx.Client) -> None:
    event = http.get("/echo").json()["event"]
    absent = {"cookies", "queryStringParameters", "pathParameters", "body"}
    assert absent.isdisjoint(event)


@pytest.mark.parametrize(
    ("content_type", "encoded"),
    [
        ("application/json", False),
        ("text/plain; charset=utf-8", False),
        ("application/x-www-form-urlencoded", True),
        ("application/octet-stream", True),
    ],
)
def test_bodies_other_than_text_come_in_base64(
    http: httpx.Client, content_type: str, encoded: bool
) -> None:
    answer = http.post("/echo", content=b"a=1&b=2", headers={"content-type": content_type})
    event = answer.json()["event"]
    body = base64.b64encode(b"a=1&b=2").decode() if encoded else "a=1&b=2"
    assert (event["isBase64Encoded"], event["body"]) == (encoded, body)


def test_a_chunked_body_arrives_whole(http: httpx.Client) -> None:
    headers = {"content-type": "text/plain"}
    answer = http.post("/echo", content=iter([b"one ", b"two"]), headers=headers)
    assert answer.json()["event"]["body"] == "one two"


def respond(http: httpx.Client, answer: dict[str, Any]) -> httpx.Response:
    return http.post("/echo?do=respond", json=answer)


def test_each_cookie_of_an_answer_is_a_header(http: httpx.Client) -> None:
    cookies = ["a=1; Path=/", "b=2"]
    answer = respond(http, {"statusCode": 303, "headers": {"Location": "/"}, "cookies": cookies})
    assert answer.status_code == 303
    assert answer.headers.get_list("set-cookie") == cookies
    assert answer.headers["location"] == "/"
    assert answer.content == b""


def test_an_answer_in_base64_is_decoded(http: httpx.Client) -> None:
    body = base64.b64encode(b"\x00\xff").decode()
    answer = respond(http, {"statusCode": 200, "isBase64Encoded": True, "body": body})
    assert answer.content == b"\x00\xff"


def test_an_answer_without_a_status_is_json(http: httpx.Client) -> None:
    answer = http.get("/echo?do=plain")
    assert (answer.status_code, answer.json()) == (200, {"plain": True})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": "many"},
        {"statusCode": 200, "headers": {"x-two": "a\r\nb: c"}},
        {"statusCode": 200, "isBase64Encoded": True, "body": "?"},
    ],
)
def test_an_answer_that_cannot_be_sent_is_a_500(http: httpx.Client, answer: dict[str, Any]) -> None:
    response = respond(http, answer)
    assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})


# --- Routes and limits ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("DELETE", "/echo"), ("GET", "/echo/"), ("HEAD", "/echo")],
)
def test_what_is_no_route_is_not_found(http: httpx.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert answer.status_code == 404
    assert method == "HEAD" or answer.json() == {"message": "Not Found"}


def test_a_fixed_segment_wins_over_a_parameter(http: httpx.Client) -> None:
    assert http.get("/things/special").json()["event"]["routeKey"] == "GET /things/special"
    assert http.get("/things/other").json()["event"]["routeKey"] == "GET /things/{thing}"


def test_too_much_is_refused_as_the_gateway_does(stack: Stack) -> None:
    with httpx.Client(base_url=stack.url) as http:
        assert http.get("/echo", headers={"x": "a" * 10_240}).status_code == 431
        largest = 10 * 1024 * 1024
        assert http.post("/echo", content=b"a" * (largest + 1)).status_code == 413
        assert http.get("/echo").status_code == 200


# --- Execution environments ----------------------------------------------------------------------


def test_the_deadline_kills_the_environment(http: httpx.Client) -> None:
    before = http.get("/echo").json()["pid"]
    began = time.monotonic()
    answer = http.get("/echo?do=sleep&seconds=30")
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})
    assert 0.9 < time.monotonic() - began < 5
    assert not Path(f"/proc/{before}").exists()
    assert http.get("/echo").json()["pid"] != before


def test_a_timeout_is_described_as_lambda_does(stack: Stack) -> None:
    query = {"do": "sleep", "seconds": "30"}
    answer = stack.functions["EchoFunction"].invoke({"queryStringParameters": query})
    assert answer.failed
    assert answer.payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {answer.request_id} Error: Task timed out after 1.00 seconds",
    }


def test_an_exception_is_described_and_the_environment_goes_on(
    stack: Stack, http: httpx.Client
) -> None:
    before = http.get("/echo").json()
    answer = stack.functions["EchoFunction"].invoke({"queryStringParameters": {"do": "fail"}})
    assert answer.failed
    assert {key: answer.payload[key] for key in ("errorType", "errorMessage", "requestId")} == {
        "errorType": "RuntimeError",
        "errorMessage": "as asked",
        "requestId": answer.request_id,
    }
    after = http.get("/echo").json()
    assert (after["pid"], after["remembered"]) == (before["pid"], before["remembered"] + 2)
    assert http.get("/echo?do=fail").status_code == 500


def test_an_environment_that_ends_is_replaced(http: httpx.Client) -> None:
    before = http.get("/echo").json()["pid"]
    assert http.get("/echo?do=exit").status_code == 500
    assert http.get("/echo").json()["pid"] != before


def test_each_event_has_an_environment_for_itself_up_to_the_concurrency(stack: Stack) -> None:
    function = stack.functions["EchoFunction"]
    event = {"queryStringParameters": {"do": "sleep", "seconds": "0.3"}}
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: function.invoke(event), range(6)))
    pids = [json.loads(json.loads(answer.payload)["body"])["pid"] for answer in answers]
    assert len(set(pids)) == 3
    assert not any(answer.failed for answer in answers)


def test_a_caller_who_does_not_wait_leaves_the_function_at_work(stack: Stack) -> None:
    function = stack.functions["EchoFunction"]
    with pytest.raises(Busy):
        function.invoke({"queryStringParameters": {"do": "sleep", "seconds": "0.3"}}, 0.1)
    time.sleep(0.5)
    assert not function.invoke({}).failed


def test_a_function_sees_its_own_environment_and_nothing_else(
    stack: Stack, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FROM_THE_SHELL", "must not arrive")
    http.get("/echo?do=exit")
    seen = http.get("/echo").json()
    variables = seen["environment"]
    assert variables["PUBLIC_URL"] == stack.url
    assert variables["CALLBACK_URL"] == f"{stack.url}/callback"
    assert variables["EXTRA"] == "without"
    assert variables["CONSUMER"] == stack.functions["ConsumerFunction"].arn
    assert variables["AWS_ACCESS_KEY_ID"] == "EchoFunction"
    assert "FROM_THE_SHELL" not in variables
    assert seen["path"][:2] == [str(FIXTURE / "echo"), str(FIXTURE / "layer" / "python")]
    assert str(Path.cwd()) not in seen["path"]
    assert seen["folder"] == str(FIXTURE / "echo")
    assert seen["layer"] == "from the layer"
    assert 0 < seen["milliseconds"] <= 1000
    assert seen["context"] == {
        "aws_request_id": seen["context"]["aws_request_id"],
        "function_name": "EchoFunction",
        "function_version": "$LATEST",
        "invoked_function_arn": stack.functions["EchoFunction"].arn,
        "memory_limit_in_mb": "128",
        "log_group_name": "/aws/lambda/EchoFunction",
        "log_stream_name": "local",
    }


def test_what_a_function_prints_goes_to_its_log(stack: Stack, http: httpx.Client) -> None:
    assert http.get("/echo?do=print").status_code == 200
    log = (stack.logs / "EchoFunction.log").read_text()
    assert "printed by the function" in log
    assert "written by the function" in log


# --- Permissions ---------------------------------------------------------------------------------


def test_a_function_may_do_what_its_statements_allow(store: Store) -> None:
    assert "answer" in store("dynamodb", "put_item", TableName="$TABLE", Item={"pk": {"S": "a"}})
    got = store("dynamodb", "get_item", TableName="$TABLE", Key={"pk": {"S": "a"}})
    assert got["answer"]["Item"] == {"pk": {"S": "a"}}
    query = {"KeyConditionExpression": "due = :d", "ExpressionAttributeValues": {":d": {"S": "x"}}}
    assert store("dynamodb", "query", TableName="$TABLE", IndexName="due", **query)["answer"]


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "action"),
    [
        (
            "dynamodb",
            "delete_item",
            {"TableName": "$TABLE", "Key": {"pk": {"S": "a"}}},
            "DeleteItem",
        ),
        ("dynamodb", "scan", {"TableName": "$TABLE"}, "Scan"),
        ("dynamodb", "scan", {"TableName": "$TABLE", "IndexName": "due"}, "Scan"),
        (
            "dynamodb",
            "query",
            {
                "TableName": "$TABLE",
                "KeyConditionExpression": "pk = :p",
                "ExpressionAttributeValues": {":p": {"S": "a"}},
            },
            "Query",
        ),
        (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {"$TABLE": {"Keys": [{"pk": {"S": "a"}}]}}},
            "BatchGetItem",
        ),
        (
            "dynamodb",
            "transact_write_items",
            {
                "TransactItems": [
                    {"Put": {"TableName": "$TABLE", "Item": {"pk": {"S": "b"}}}},
                    {"Delete": {"TableName": "$TABLE", "Key": {"pk": {"S": "a"}}}},
                ]
            },
            "DeleteItem",
        ),
        (
            "kms",
            "re_encrypt",
            {
                "CiphertextBlob": "x" * 60,
                "SourceKeyId": "$KEY",
                "SourceEncryptionContext": {"purpose": "tokens"},
                "DestinationKeyId": "$KEY",
                "DestinationEncryptionContext": {"purpose": "inputs"},
            },
            "ReEncryptTo",
        ),
        ("kms", "encrypt", {"KeyId": "$KEY", "Plaintext": "x"}, "Encrypt"),
        ("sqs", "receive_message", {"QueueUrl": "$QUEUE"}, "ReceiveMessage"),
        ("sts", "get_caller_identity", {}, "GetCallerIdentity"),
    ],
)
def test_what_no_statement_allows_is_denied(
    store: Store, service: str, operation: str, arguments: dict[str, Any], action: str
) -> None:
    error = store(service, operation, **arguments)
    assert error["Code"] in ("AccessDeniedException", "AccessDenied")
    assert f"is not authorized to perform: {service}:{action} on resource:" in error["Message"]


def test_a_transaction_that_is_allowed_in_part_writes_nothing(stack: Stack, store: Store) -> None:
    parts = [
        {"Put": {"TableName": "$TABLE", "Item": {"pk": {"S": "partly"}}}},
        {"Delete": {"TableName": "$TABLE", "Key": {"pk": {"S": "other"}}}},
    ]
    assert store("dynamodb", "transact_write_items", TransactItems=parts)["Code"]
    assert items(stack, "partly") == []


def of_purpose(stack: Stack, purpose: str) -> dict[str, Any]:
    """What the developer encrypted for a purpose, as Decrypt wants it."""
    context = {"purpose": purpose}
    sealed = stack.client("kms").encrypt(
        KeyId=stack.outputs["Key"], Plaintext=b"secret", EncryptionContext=context
    )
    return {"CiphertextBlob": sealed["CiphertextBlob"], "EncryptionContext": context}


def test_a_function_opens_what_is_of_its_purpose(stack: Stack) -> None:
    kms = stack.client("kms", "StoreFunction")
    assert kms.decrypt(**of_purpose(stack, "tokens"))["Plaintext"] == b"secret"


@pytest.mark.parametrize(
    ("purpose", "policy"), [("logs", "identity-based"), ("inputs", "resource-based")]
)
def test_what_only_the_role_or_only_the_key_allows_is_denied(
    stack: Stack, purpose: str, policy: str
) -> None:
    kms = stack.client("kms", "StoreFunction")
    with pytest.raises(kms.exceptions.ClientError) as denied:
        kms.decrypt(**of_purpose(stack, purpose))
    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"
    reason = f"because no {policy} policy allows the kms:Decrypt action"
    assert denied.value.response["Error"]["Message"].endswith(reason)


def test_what_is_bound_to_no_purpose_is_denied(stack: Stack) -> None:
    kms = stack.client("kms", "StoreFunction")
    sealed = stack.client("kms").encrypt(KeyId=stack.outputs["Key"], Plaintext=b"secret")
    with pytest.raises(kms.exceptions.ClientError, match="AccessDenied"):
        kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])


def test_a_partition_of_others_is_not_queried(store: Store) -> None:
    query = {"KeyConditionExpression": "due = :d", "ExpressionAttributeValues": {":d": {"S": "y"}}}
    error = store("dynamodb", "query", TableName="$TABLE", IndexName="due", **query)
    assert error["Code"] == "AccessDeniedException"


def test_a_ciphertext_says_which_key_is_used(stack: Stack, store: Store) -> None:
    sealed = stack.client("kms").encrypt(KeyId=stack.outputs["Key"], Plaintext=b"x")
    # The function's JSON cannot carry bytes, so the rule is seen from the needs of the request.
    body = json.dumps({"CiphertextBlob": base64.b64encode(sealed["CiphertextBlob"]).decode()})
    target = {"x-amz-target": "TrentService.Decrypt"}
    (need,) = needs.of_request("kms", "us-east-2", target, body.encode(), {})
    assert (need.action, need.resource) == ("kms:Decrypt", stack.outputs["Key"])


def test_permissions_tell_what_is_allowed_used_and_denied(http: httpx.Client, store: Store) -> None:
    store("dynamodb", "put_item", TableName="$TABLE", Item={"pk": {"S": "a"}})
    store("dynamodb", "scan", TableName="$TABLE")
    report = http.get("/_local/permissions").json()["StoreFunction"]
    assert report["allowed"] == [
        "dynamodb:GetItem Items",
        "dynamodb:PutItem Items",
        "dynamodb:Query Items/index/due if dynamodb:LeadingKeys is x*",
        "kms:Decrypt Key if kms:EncryptionContext:purpose is inputs",
        "kms:Decrypt Key if kms:EncryptionContext:purpose is tokens",
        "kms:ReEncryptFrom Key if kms:EncryptionContext:purpose is inputs",
        "kms:ReEncryptFrom Key if kms:EncryptionContext:purpose is tokens",
        "kms:ReEncryptTo Key if kms:EncryptionContext:purpose is tokens",
        "sqs:SendMessage Queue",
    ]
    assert "dynamodb:PutItem Items" in report["used"]
    assert set(report["used"]) <= set(report["allowed"])
    assert "dynamodb:Scan Items" in report["denied"]


# --- Queues and schedules ------------------------------------------------------------------------


def test_messages_come_in_batches_of_the_real_shape(stack: Stack, http: httpx.Client) -> None:
    send(stack, "shape")
    tick(http)
    (item,) = items(stack, "message/shape")
    record = json.loads(item["record"]["S"])
    assert record.pop("messageId")
    assert record.pop("receiptHandle")
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"].isdigit()
    del record["attributes"]
    assert record == {
        "body": "shape",
        "messageAttributes": {},
        "md5OfBody": "8c73a98a300905900337f535531dfca6",
        "eventSource": "aws:sqs",
        "eventSourceARN": stack.outputs["QueueArn"],
        "awsRegion": "us-east-2",
    }


def test_a_tick_empties_the_queue(stack: Stack, http: httpx.Client) -> None:
    send(stack, *(f"many-{number}" for number in range(23)))
    tick(http)
    assert len(items(stack, "message/many-")) == 23
    assert all(int(item["batch"]["N"]) <= 5 for item in items(stack, "message/many-"))


def test_a_tick_waits_for_what_the_background_has_begun(stack: Stack, http: httpx.Client) -> None:
    for number in range(10):
        send(stack, f"race-{number}")
        time.sleep(0.06)
        tick(http)
        assert len(items(stack, f"message/race-{number}")) == 1


def test_messages_are_taken_without_a_tick(stack: Stack) -> None:
    send(stack, "background")
    deadline = time.monotonic() + 5
    while not items(stack, "message/background") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert items(stack, "message/background")


def received(stack: Stack, queue: str) -> list[str]:
    answer = stack.client("sqs").receive_message(
        QueueUrl=stack.outputs[queue], MaxNumberOfMessages=10
    )
    for message in answer.get("Messages", []):
        stack.client("sqs").delete_message(
            QueueUrl=stack.outputs[queue], ReceiptHandle=message["ReceiptHandle"]
        )
    return [message["Body"] for message in answer.get("Messages", [])]


def test_what_fails_comes_back_alone_and_ends_among_the_dead_letters(
    stack: Stack, http: httpx.Client
) -> None:
    send(stack, "partly-good", "partly-fail")
    deadline = time.monotonic() + 15
    dead: list[str] = []
    while not dead and time.monotonic() < deadline:
        tick(http)
        dead = received(stack, "DeadLetters")
        time.sleep(0.3)
    assert dead == ["partly-fail"]
    seen = sorted(item["pk"]["S"] for item in items(stack, "message/partly-"))
    assert seen == ["message/partly-fail/1", "message/partly-fail/2", "message/partly-good/1"]


def test_later_takes_what_is_delayed(stack: Stack, http: httpx.Client) -> None:
    sqs = stack.client("sqs")
    sqs.send_message(QueueUrl=stack.outputs["Queue"], MessageBody="delayed", DelaySeconds=900)
    tick(http)
    assert items(stack, "message/delayed") == []

    http.post("/_local/later").raise_for_status()

    assert len(items(stack, "message/delayed")) == 1


def test_a_tick_runs_every_schedule_once(stack: Stack, http: httpx.Client) -> None:
    before = len(items(stack, "message/{"))
    result = tick(http)
    assert result["schedules"] == [{"function": "ScheduledFunction", "ok": True}]
    assert result["seconds"] < 10
    events = [json.loads(item["record"]["S"])["body"] for item in items(stack, "message/{")]
    assert len(events) == before + 1
    event = json.loads(events[-1])
    assert event["detail-type"] == "Scheduled Event"
    assert event["source"] == "aws.events"
    assert event["resources"][0].startswith("arn:aws:events:us-east-2:123456789012:rule/")


def test_a_failing_schedule_is_retried_and_reported(stack: Stack, http: httpx.Client) -> None:
    table = stack.client("dynamodb")
    key = {"pk": {"S": "schedule-fails"}}
    table.put_item(TableName=stack.outputs["Items"], Item=key)
    try:
        assert tick(http)["schedules"] == [{"function": "ScheduledFunction", "ok": False}]
    finally:
        table.delete_item(TableName=stack.outputs["Items"], Key=key)
    (failure,) = map(json.loads, received(stack, "ScheduleFailures"))
    assert failure["requestContext"]["approximateInvokeCount"] == 2
    assert failure["requestContext"]["condition"] == "RetriesExhausted"
    assert failure["responsePayload"]["errorMessage"] == "as asked"
    report = http.get("/_local/permissions").json()["ScheduledFunction"]
    assert "sqs:SendMessage ScheduleFailures" in report["used"]


# --- DynamoDB between threads --------------------------------------------------------------------


def in_threads(stack: Stack, count: int, work: Callable[[Any, int], Any]) -> list[Any]:
    """What `work` gives in so many threads at once, each with a client and a number of its own."""
    clients = [stack.client("dynamodb") for _ in range(count)]
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, clients, range(count)))


def test_a_conditional_write_has_one_winner(stack: Stack) -> None:
    table = stack.outputs["Items"]

    def race(client: Any, number: int) -> list[int]:
        won = []
        for attempt in range(200):
            try:
                client.update_item(
                    TableName=table,
                    Key={"pk": {"S": f"race/{attempt}"}},
                    UpdateExpression="SET winner = :number",
                    ConditionExpression="attribute_not_exists(winner)",
                    ExpressionAttributeValues={":number": {"N": str(number)}},
                )
            except client.exceptions.ConditionalCheckFailedException:
                continue
            won.append(attempt)
        return won

    wins = sorted(attempt for won in in_threads(stack, 8, race) for attempt in won)
    assert wins == list(range(200))


def test_a_failing_transaction_does_not_touch_what_others_write(stack: Stack) -> None:
    table = stack.outputs["Items"]

    def work(client: Any, number: int) -> None:
        for attempt in range(40):
            if number % 2:
                item = {"pk": {"S": f"others/{number}/{attempt}"}}
                client.put_item(TableName=table, Item=item)
                continue
            with pytest.raises(client.exceptions.TransactionCanceledException):
                client.transact_write_items(
                    TransactItems=[
                        {"Put": {"TableName": table, "Item": {"pk": {"S": f"never/{number}"}}}},
                        {
                            "ConditionCheck": {
                                "TableName": table,
                                "Key": {"pk": {"S": "absent"}},
                                "ConditionExpression": "attribute_exists(pk)",
                            }
                        },
                    ]
                )

    in_threads(stack, 4, work)
    assert len(items(stack, "others/")) == 80
    assert items(stack, "never/") == []


def test_a_transaction_writes_all_and_tells_why_not(stack: Stack) -> None:
    client, table = stack.client("dynamodb"), stack.outputs["Items"]
    client.put_item(TableName=table, Item={"pk": {"S": "all/1"}, "n": {"N": "1"}})
    add = {
        "TableName": table,
        "Key": {"pk": {"S": "all/1"}},
        "UpdateExpression": "SET n = n + :one",
        "ConditionExpression": "n = :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    put = {"TableName": table, "Item": {"pk": {"S": "all/2"}}}
    client.transact_write_items(TransactItems=[{"Put": put}, {"Update": add}])
    assert [item["pk"]["S"] for item in items(stack, "all/")] == ["all/1", "all/2"]
    client.delete_item(TableName=table, Key={"pk": {"S": "all/2"}})
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=[{"Put": put}, {"Update": add}])
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"] == {"pk": {"S": "all/1"}, "n": {"N": "2"}}
    assert [item["pk"]["S"] for item in items(stack, "all/")] == ["all/1"]


def test_a_transaction_that_cannot_be_written_is_put_back(stack: Stack) -> None:
    client, table = stack.client("dynamodb"), stack.outputs["Items"]
    client.put_item(TableName=table, Item={"pk": {"S": "back/1"}, "n": {"S": "text"}})
    update = {
        "TableName": table,
        "Key": {"pk": {"S": "back/1"}},
        "UpdateExpression": "SET n = n + :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    put = {"TableName": table, "Item": {"pk": {"S": "back/2"}}}
    with pytest.raises(client.exceptions.ClientError):
        client.transact_write_items(TransactItems=[{"Put": put}, {"Update": update}])
    assert items(stack, "back/") == [{"pk": {"S": "back/1"}, "n": {"S": "text"}}]


def test_nothing_is_left_running(tmp_path: Path) -> None:
    stack = Stack(template_path=FIXTURE / "template.yaml", root=FIXTURE, logs=tmp_path)
    with stack, httpx.Client(base_url=stack.url) as http:
        pid = http.get("/echo").json()["pid"]
        assert Path(f"/proc/{pid}").exists()
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(stack.url)
