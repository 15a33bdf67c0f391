"""What the tests of Replicate's own Python client share.

REPLICATE_SANDBOX_URL names a running sandbox: http://127.0.0.1:PORT/v1
"""

import itertools
import os
import time

import httpx
import pytest
import replicate

URL = os.environ.get("REPLICATE_SANDBOX_URL", "")
ORIGIN = URL.removesuffix("/v1")
TOKEN = os.environ["REPLICATE_API_TOKEN"]


def pytest_collection_modifyitems(items):
    if not URL:
        for item in items:
            item.add_marker(pytest.mark.skip(reason="REPLICATE_SANDBOX_URL names no sandbox"))


@pytest.fixture
def client(monkeypatch):
    """Configured by the environment, as a program with no arguments for it is."""
    monkeypatch.setenv("REPLICATE_BASE_URL", ORIGIN)
    monkeypatch.setenv("REPLICATE_API_TOKEN", TOKEN)
    monkeypatch.setenv("REPLICATE_POLL_INTERVAL", "0.02")
    return replicate.Client()


@pytest.fixture
def call():
    """What the client offers no way to send: call("GET", "/models", params=...)."""

    def send(method, path, **options):
        headers = {"Authorization": f"Bearer {TOKEN}"} | options.pop("headers", {})
        return httpx.request(method, URL + path, headers=headers, timeout=60, **options)

    return send


_numbers = itertools.count()


@pytest.fixture
def new_name():
    """Names that no other test has, in no other run against the same server."""
    return lambda: f"test-{time.time_ns():x}-{next(_numbers)}"


@pytest.fixture
def own_model(client, new_name):
    """A private model without versions."""
    return client.models.create("sandbox", new_name(), visibility="private", hardware="cpu", description="A test's own")


@pytest.fixture
def train(client):
    """Trains sandbox/trainable into a model, and waits until that has ended."""

    def run(destination, **input):
        base = client.models.get("sandbox/trainable").latest_version
        training = client.trainings.create(
            version=f"sandbox/trainable:{base.id}", input=input, destination=f"{destination.owner}/{destination.name}"
        )
        deadline = time.monotonic() + 20
        while training.status in ("starting", "processing") and time.monotonic() < deadline:
            time.sleep(0.02)
            training.reload()
        return training

    return run
