"""Webhooks that the sandbox posts, validated by Replicate's own Python client."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from replicate.webhook import InvalidSignatureError, Webhooks


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
    prediction.reload()
    told = json.loads(body)
    assert (told["status"], told["output"], told["urls"]) == ("succeeded", "hello Ada", prediction.urls)
