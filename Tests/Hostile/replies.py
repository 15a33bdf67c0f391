"""What a good server answers, by route. Every answer holds the request's own nonce, so that a mixed-up one shows."""

import hashlib
import json
import re

ROUTES = [
    ("plain", "GET", r"/v1/predictions/plain$"),
    ("create", "POST", r"/v1/(models/[^/]+/[^/]+/|deployments/[^/]+/[^/]+/)?predictions$"),
    ("cancel", "POST", r"/v1/predictions/[^/]+/cancel$"),
    ("get", "GET", r"/v1/predictions/[^/]+$"),
    ("list", "GET", r"/v1/predictions(\?.*)?$"),
    ("upload", "POST", r"/v1/files$"),
    ("delete", "DELETE", r"/v1/files/[^/]+$"),
    ("record", "GET", r"/v1/files/[^/?]+$"),
    ("file", "GET", r"/file/.*$"),
    ("stream", "GET", r"/stream/[^/]+$"),
    ("model", "GET", r"/v1/models/[^/]+/[^/]+$"),
]
ROUTES = [(name, method, re.compile(pattern)) for name, method, pattern in ROUTES]

#: A file that is the same at each place for no two offsets that are near each other.
FILE = b"".join(b"%07d\n" % n for n in range(2500))
#: The events of a good stream: id, event, data.
EVENTS = [("1:0", "output", "Hello"), ("2:0", "output", " w\u00f6rld"), ("3:0", "output", "!")]
OUTPUT = [data for _, _, data in EVENTS]


def route_of(method, path):
    for name, allowed, pattern in ROUTES:
        if method == allowed and pattern.match(path):
            return name
    return "unknown"


def prediction(x, identifier, status, **fields):
    base = x.scenario.base_of("api")
    value = {
        "id": identifier,
        "model": "hostile/model",
        "version": "a" * 64,
        "input": {},
        "logs": "",
        "error": None,
        "status": status,
        "output": OUTPUT if status == "succeeded" else None,
        "created_at": "2025-01-01T00:00:00.000Z",
        "nonce": x.request.nonce,
        "sha256": x.request.body_hash,
        "urls": {
            "get": f"{base}/v1/predictions/{identifier}",
            "cancel": f"{base}/v1/predictions/{identifier}/cancel",
            "stream": f"{x.scenario.base_of('stream')}/stream/{identifier}",
        },
    }
    value.update(fields)
    return value


def body_of(x):
    """(status, type, body)"""
    route, path = x.request.route, x.path
    if route == "create":
        identifier = f"p{x.scenario.next_number()}"
        x.scenario.owners[identifier] = x.request.nonce
        return 201, "application/json", prediction(x, identifier, x.scenario.args.get("created", "starting"))
    if route in ("get", "plain"):
        return 200, "application/json", prediction(x, path.rsplit("/", 1)[1], x.scenario.next_status())
    if route == "cancel":
        return 200, "application/json", prediction(x, path.split("/")[-2], "canceled")
    if route == "upload":
        identifier = f"f{x.scenario.next_number()}"
        url = f"{x.scenario.base_of('api')}/v1/files/{identifier}"
        return (
            201,
            "application/json",
            {
                "id": identifier,
                "name": "file",
                "size": x.request.body_length,
                "urls": {"get": url},
                "nonce": x.request.nonce,
            },
        )
    if route == "delete":
        said = x.scenario.args.get("deleted")
        return (204, None, b"") if said is None else (200, "application/json", {**said, "nonce": x.request.nonce})
    if route == "record":
        return 200, "application/json", {"id": path.rsplit("/", 1)[1], "nonce": x.request.nonce}
    if route == "list":
        return 200, "application/json", {"next": None, "previous": None, "results": [prediction(x, "p1", "succeeded")]}
    if route == "file":
        return 200, "application/octet-stream", FILE
    if route == "stream":
        return 200, "text/event-stream", events(x)
    if route == "model":
        return 200, "application/json", {"owner": "hostile", "name": "model", "nonce": x.request.nonce}
    return 599, "application/json", {"detail": f"no such route: {x.request.line}"}


def event(identifier, kind, data):
    return f"id: {identifier}\nevent: {kind}\ndata: {data}\n\n".encode()


def events(x):
    """All that follow the last event the client has."""
    last = x.request.headers.get("last-event-id")
    rows = EVENTS
    for index, row in enumerate(EVENTS):
        if row[0] == last:
            rows = EVENTS[index + 1 :]
    return b"".join(event(*row) for row in rows) + event("4:0", "done", "{}")


def encode(body):
    return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


def hash_of(body):
    return hashlib.sha256(body).hexdigest()
