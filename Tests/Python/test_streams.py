"""Replicate's own Python client, unchanged, against the sandbox: streams."""

import asyncio

import httpx
import pytest
import replicate
from conftest import ORIGIN
from replicate.exceptions import ReplicateError

LLAMA = "meta/meta-llama-3-8b-instruct"


def kinds(events):
    return [event.event.value for event in events]


def test_the_text_of_a_stream_is_the_output(client):
    input = {"prompt": "Tell me about dragons", "seed": 1, "max_tokens": 60, "tokens_per_second": 500}
    events = list(client.stream(LLAMA, input=input))
    assert kinds(events) == ["logs"] + ["output"] * 60 + ["done"]
    text = "".join(str(event) for event in events)
    assert "\n\n" in text and text == "".join(client.run(LLAMA, input=input))


def test_the_module_streams_too(client):
    text = "".join(str(event) for event in replicate.stream(LLAMA, input={"prompt": "x", "max_tokens": 5}))
    assert len(text.split()) >= 3


def test_a_prediction_is_streamed_twice(client):
    prediction = client.predictions.create(version="sandbox/story", input={"prompt": "x", "max_tokens": 20}, stream=True)
    events = list(prediction.stream())
    assert [event.id for event in prediction.stream()] == [event.id for event in events]
    prediction.reload()
    assert prediction.status == "succeeded"
    assert prediction.output == [event.data for event in events if event.event.value == "output"]
    assert prediction.metrics["output_token_count"] == 20


def test_a_stream_without_asyncio_or_with(client):
    async def go():
        stream = await client.async_stream(LLAMA, input={"prompt": "x", "max_tokens": 5})
        return [event async for event in stream]

    assert kinds(asyncio.run(go()))[-2:] == ["output", "done"]


def test_files_come_one_by_one(client):
    prediction = client.predictions.create(version="fofr/consistent-character", input={"number_of_outputs": 2})
    assert prediction.urls["stream"].startswith(f"{ORIGIN}/v1/files/")
    files = [event.data for event in prediction.stream() if event.event.value == "output"]
    prediction.reload()
    assert [str(file) for file in files] == prediction.output
    assert all(httpx.get(url).content.startswith(b"\x89PNG") for url in prediction.output)


def test_a_failure_is_raised(client):
    with pytest.raises(RuntimeError, match="broke off after 2 tokens"):
        list(client.stream("sandbox/story", input={"prompt": "x", "fail_after_tokens": 2}))


def test_what_does_not_stream_says_so(client):
    with pytest.raises(ReplicateError, match="does not support streaming"):
        list(client.stream("replicate/hello-world", input={"text": "x"}))


def test_a_wrong_drop_is_refused(call):
    answer = call(
        "POST", "/models/sandbox/story/predictions", json={"input": {"prompt": "x"}},
        headers={"X-Sandbox-Drop-Stream-After": "0"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert answer.json()["invalid_fields"][0]["field"] == "X-Sandbox-Drop-Stream-After"
