"""Webhooks that the sandbox posts, validated by Replicate's own Python client and by the library, which are of one mind."""

import base64
import ctypes
import hmac
import json
import os
import pathlib
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from replicate.webhook import InvalidSignatureError, Webhooks, WebhookSigningSecret

library = ctypes.CDLL(str(pathlib.Path(__file__).parents[2] / "build/lib/libreplicate.so.1"))
library.replicate_webhook_validate.restype = ctypes.c_void_p
library.replicate_webhook_validate.argtypes = [ctypes.c_char_p] * 3 + [
    ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_int64
]
library.replicate_error_text.restype = ctypes.c_char_p
library.replicate_error_text.argtypes = [ctypes.c_void_p]
library.replicate_error_free.argtypes = [ctypes.c_void_p]


def fault_by_library(headers, body, secret, tolerance=300):
    """None where the library takes the webhook for genuine, else its error."""
    headers = {name.lower(): value.encode() for name, value in headers.items()}
    error = library.replicate_webhook_validate(
        headers.get("webhook-id"), headers.get("webhook-timestamp"), headers.get("webhook-signature"),
        body, len(body), secret.encode(), tolerance,
    )
    if error is None:
        return None
    text = library.replicate_error_text(error).decode()
    library.replicate_error_free(error)
    assert secret[6:] not in text
    return text


def fault_by_client(headers, body, secret, tolerance=300):
    headers = {name.lower(): value for name, value in headers.items()}
    try:
        Webhooks.validate(headers=headers, body=body.decode(), secret=WebhookSigningSecret(key=secret), tolerance=tolerance)
    except Exception as error:  # noqa: BLE001: each of its own kinds is a no
        return f"{type(error).__name__}: {error}"
    return None


def key_of(secret):
    return base64.b64decode(secret.removeprefix("whsec_"))


def signed(secret, body, identity="msg_1", timestamp=None):
    """Headers, from the description of the signature."""
    timestamp = str(int(time.time()) if timestamp is None else timestamp)
    code = base64.b64encode(hmac.digest(key_of(secret), f"{identity}.{timestamp}.".encode() + body, "sha256")).decode()
    return {"webhook-id": identity, "webhook-timestamp": timestamp, "webhook-signature": "v1," + code}


@pytest.fixture
def receiver():
    """A server on a free port; its queue gets each request's path, headers and body. The first answer is a failure."""
    received = queue.Queue()
    answers = iter([500])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.put((self.path, dict(self.headers), body))
            self.send_response(next(answers, 200))
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook?own=1", received
        server.shutdown()
        thread.join()


def test_the_end_of_a_prediction_is_told_until_it_is_taken(client, receiver):
    url, received = receiver
    prediction = client.predictions.create(
        version="replicate/hello-world", input={"text": "Ada"}, webhook=url, webhook_events_filter=["completed"]
    )
    (path, headers, body), (_, again, same) = received.get(timeout=20), received.get(timeout=20)
    assert path == "/hook?own=1" and body == same
    assert headers["webhook-id"] == again["webhook-id"]
    secret = client.webhooks.default.secret()
    for one in (headers, again):
        Webhooks.validate(headers=one, body=body.decode(), secret=secret, tolerance=60)
        with pytest.raises(InvalidSignatureError):
            Webhooks.validate(headers=one, body=body.decode() + " ", secret=secret)
        assert fault_by_library(one, body, secret.key, 60) is None
        assert "no signature of the webhook matches" in fault_by_library(one, body + b" ", secret.key)
    prediction.reload()
    told = json.loads(body)
    assert (told["status"], told["output"], told["urls"]) == ("succeeded", "hello Ada", prediction.urls)


@pytest.mark.parametrize("size", [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 1000, 100_000])
def test_both_take_what_is_signed_and_nothing_else(size):
    # Of several lengths; all begin with what must stand nowhere.
    secret = "whsec_" + base64.b64encode(key_of(os.environ["CANARY_SECRET"]) + os.urandom(size % 50)).decode()
    body = (json.dumps({"output": "héllo 世界"}, ensure_ascii=False) * (size // 10 + 1)).encode()[:size]
    body = body.decode(errors="ignore").encode()
    headers = signed(secret, body)
    other = "v1," + base64.b64encode(os.urandom(32)).decode()
    genuine = [
        headers,
        {name.title(): value for name, value in headers.items()},
        headers | {"webhook-signature": f"{other} {headers['webhook-signature']} {other}"},
        signed(secret, body, timestamp=int(time.time()) - 290),
        signed(secret, body, timestamp=int(time.time()) + 290),
    ]
    for each in genuine:
        assert fault_by_library(each, body, secret) is None
        if size > 0:  # the client takes an empty body for a missing one
            assert fault_by_client(each, body, secret) is None
    false = [
        headers | {"webhook-id": "msg_2"},
        headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)},
        headers | {"webhook-signature": other},
        signed("whsec_" + base64.b64encode(b"another").decode(), body),
        signed(secret, body + b"x"),
        signed(secret, body, timestamp=int(time.time()) - 310),
        signed(secret, body, timestamp=int(time.time()) + 310),
        {},
        *({each: headers[each] for each in headers if each != name} for name in headers),
    ]
    for each in false:
        assert fault_by_library(each, body, secret) is not None
        assert fault_by_client(each, body, secret).startswith(("Invalid", "Missing"))
