"""Replicate's own Python client, unchanged, against the sandbox: runs and predictions."""

import uuid

import httpx
import pytest
import replicate
from conftest import TOKEN, URL
from replicate.exceptions import ModelError, ReplicateError


def post(path, body, **headers):
    """What the client offers no way to send."""
    headers = {"Authorization": f"Bearer {TOKEN}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(URL + path, json=body, headers=headers, timeout=30)


def test_run_blocks_until_the_output_is_there(client):
    assert client.run("replicate/hello-world", input={"text": "Ada"}) == "hello Ada"


def test_run_polls_where_it_is_told_not_to_wait(client):
    assert client.run("replicate/hello-world", input={"text": "Grüße 🦊"}, wait=False) == "hello Grüße 🦊"


def test_run_polls_on_when_the_wait_was_too_short(client):
    input = {"steps": 13, "step_seconds": 0.1, "text": "at last"}
    assert client.run("sandbox/slow", input=input, wait=1) == "at last"


def test_run_takes_a_version(client):
    version = client.models.get("replicate/hello-world").latest_version
    assert len(version.id) == 64
    assert version.openapi_schema["components"]["schemas"]["Input"]["required"] == ["text"]
    assert client.run(f"replicate/hello-world:{version.id}", input={"text": "you"}) == "hello you"
    assert [one.id for one in client.models.get("replicate/hello-world").versions.list()] == [version.id]


def test_a_prediction_goes_through_its_life(client):
    prediction = client.predictions.create(version="sandbox/slow", input={"steps": 2, "text": "done"})
    assert prediction.status == "starting"
    assert (prediction.output, prediction.error, prediction.completed_at) == (None, None, None)
    prediction.wait()
    assert (prediction.status, prediction.output) == ("succeeded", "done")
    assert prediction.created_at <= prediction.started_at < prediction.completed_at
    assert 0 < prediction.metrics["predict_time"] <= prediction.metrics["total_time"]
    assert prediction.urls["get"] == f"{URL}/predictions/{prediction.id}"
    assert client.predictions.get(prediction.id).dict() == prediction.dict()


def test_progress_is_read_from_the_growing_logs(client):
    prediction = client.predictions.create(version="sandbox/slow", input={"steps": 4, "step_seconds": 0.05})
    seen = []
    while prediction.status in ("starting", "processing"):
        prediction.reload()
        if prediction.progress and prediction.progress.current not in seen:
            seen.append(prediction.progress.current)
    assert len(seen) >= 3 and seen == sorted(seen)
    assert (prediction.progress.percentage, prediction.progress.current, prediction.progress.total) == (1.0, 4, 4)


def test_cancel_ends_a_running_prediction_at_once(client):
    prediction = client.predictions.create(version="sandbox/slow", input={"steps": 100, "step_seconds": 5})
    prediction.cancel()
    assert prediction.status == "canceled"
    prediction.reload()
    assert (prediction.status, prediction.output) == ("canceled", None)
    assert prediction.completed_at is not None


def test_cancel_leaves_a_finished_prediction_alone(client):
    prediction = client.predictions.create(version="replicate/hello-world", input={"text": "x"}, wait=True)
    before = prediction.dict()
    prediction.cancel()
    assert prediction.dict() == before and prediction.status == "succeeded"


def test_a_deployment_runs_its_model(client):
    prediction = client.deployments.predictions.create("sandbox/hello-world", input={"text": "there"}, wait=True)
    assert prediction.output == "hello there"


def test_a_failing_model_raises(client):
    with pytest.raises(ModelError, match="out of luck") as caught:
        client.run("sandbox/fail", input={"message": "out of luck"})
    assert caught.value.prediction.status == "failed"
    assert "about to fail" in caught.value.prediction.logs


@pytest.mark.parametrize(
    "kind, expected",
    [
        ("string", 'Grüße aus dem Sandkasten, 你好, 🦊\n"quoted" \\ tab\t'),
        ("number", 0.1),
        ("integer", 12345678901234567),
        ("boolean", True),
        ("array", ["one", 2, 3.0, True, None, [], {}]),
        ("null", None),
    ],
)
def test_outputs_of_every_kind(client, kind, expected):
    assert client.run("sandbox/outputs", input={"kind": kind}) == expected


def test_echo_keeps_every_byte():
    body = b'{"version":"sandbox/echo","input": {"seed":12345678901234567, "one": 1.0,"e":1E+2,"u":"\\u00fc"}}'
    headers = {"Authorization": f"Bearer {TOKEN}", "Prefer": "wait=10"}
    answer = httpx.post(f"{URL}/predictions", content=body, headers=headers)
    sent = b'{"seed":12345678901234567, "one": 1.0,"e":1E+2,"u":"\\u00fc"}'
    assert b'"input":' + sent in answer.content and b'"output":' + sent in answer.content


def test_pages_lead_through_all_predictions(client):
    created = [client.predictions.create(version="sandbox/echo", input={"n": n}).id for n in range(205)]
    page = client.predictions.list()
    pages = [page]
    while page.next and len(pages) < 3:
        page = client.predictions.list(page.next)
        pages.append(page)
    assert [len(page.results) for page in pages[:2]] == [100, 100]
    listed = [prediction.id for page in pages for prediction in page.results]
    assert listed[:205] == created[::-1]
    assert pages[0].previous is None
    back = client.predictions.list(pages[1].previous)
    assert [prediction.id for prediction in back.results] == listed[:100]


def test_a_list_is_narrowed_by_time(client):
    marks = [client.predictions.create(version="sandbox/echo", input={}) for _ in range(3)]
    query = {"created_after": marks[0].created_at, "created_before": marks[2].created_at}
    answer = httpx.get(f"{URL}/predictions", params=query, headers={"Authorization": f"Token {TOKEN}"})
    assert [item["id"] for item in answer.json()["results"]] == [marks[1].id, marks[0].id]


def test_without_a_token_nothing_is_answered(client, monkeypatch):
    monkeypatch.delenv("REPLICATE_API_TOKEN")
    with pytest.raises(ReplicateError) as caught:
        replicate.Client().run("replicate/hello-world", input={"text": "x"})
    assert (caught.value.status, caught.value.title) == (401, "Unauthenticated")
    assert caught.value.detail == "You did not pass a valid authentication token"


def test_a_wrong_input_is_refused_with_the_reason(client):
    with pytest.raises(ReplicateError) as caught:
        client.run("replicate/hello-world", input={})
    assert (caught.value.status, caught.value.title) == (422, "Input validation failed")
    assert caught.value.detail == "- input: text is required\n"


@pytest.mark.parametrize(
    "input, kind, field",
    [
        ({"steps": "3"}, "invalid_type", "input.steps"),
        ({"steps": 1.5}, "invalid_type", "input.steps"),
        ({"steps": 0}, "number_gte", "input.steps"),
        ({"steps": 101}, "number_lte", "input.steps"),
        ({"stepz": 3}, "additional_property_not_allowed", "input"),
    ],
)
def test_the_schema_is_held(input, kind, field):
    answer = post("/models/sandbox/slow/predictions", {"input": input})
    assert answer.status_code == 422
    assert [(item["type"], item["field"]) for item in answer.json()["invalid_fields"]] == [(kind, field)]


def test_an_unknown_prediction_is_not_found(client):
    with pytest.raises(ReplicateError) as caught:
        client.predictions.get(uuid.uuid4().hex)
    assert caught.value.status == 404


def test_an_unknown_version_is_refused(client):
    with pytest.raises(ReplicateError) as caught:
        client.predictions.create(version="0" * 64, input={})
    assert (caught.value.status, caught.value.title) == (422, "Invalid version or not permitted")


def test_a_held_request_says_how_long_it_was_held():
    done = post("/predictions", {"version": "sandbox/echo", "input": {}}, Prefer="wait=7")
    assert (done.status_code, done.headers["Preference-Applied"], done.json()["status"]) == (201, "wait=7", "succeeded")
    assert done.headers["Location"] == done.json()["urls"]["get"]
    late = post("/models/sandbox/slow/predictions", {"input": {"steps": 100, "step_seconds": 5}}, Prefer="wait=1")
    assert (late.status_code, late.json()["output"]) == (202, None)
    assert post(f"/predictions/{late.json()['id']}/cancel", None).json()["status"] == "canceled"


@pytest.mark.parametrize("input, status", [({"step_seconds": 5}, "canceled"), ({"start_seconds": 600}, "aborted")])
def test_a_deadline_ends_a_prediction(client, input, status):
    answer = post("/models/sandbox/slow/predictions", {"input": input}, Cancel_After="5s", Prefer="wait=20")
    assert (answer.status_code, answer.json()["status"]) == (201, status)
    assert answer.json()["deadline"] <= answer.json()["completed_at"]


def test_a_deadline_of_less_than_five_seconds_is_refused():
    assert post("/models/sandbox/slow/predictions", {"input": {}}, Cancel_After="4s").status_code == 422


@pytest.mark.parametrize("query", ["source=api", "created_after=yesterday", "created_before=2026-02-30"])
def test_a_wrong_filter_is_refused(call, query):
    assert call("GET", f"/predictions?{query}").status_code == 422


def test_nothing_comes_from_a_web_page(client, call):
    client.predictions.create(version="sandbox/echo", input={})
    assert call("GET", "/predictions?source=web").json()["results"] == []


def test_filters_hold_on_every_page(client, call):
    marks = [client.predictions.create(version="sandbox/echo", input={}).created_at for _ in range(103)]
    page = call("GET", "/predictions", params={"created_after": marks[1], "created_before": marks[102]}).json()
    rest = call("GET", page["next"].partition("/v1")[2]).json()
    assert [item["created_at"] for item in page["results"] + rest["results"]] == marks[101:0:-1]
    assert rest["next"] is None
    first = call("GET", rest["previous"].partition("/v1")[2]).json()
    assert first["results"] == page["results"] and first["previous"] is None
