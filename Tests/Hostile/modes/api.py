"""F110 to F125: an API that is not as it says; its lists, outputs and logs are in outputs.py. (F126, the lost answers, is a row of
its own.)"""

import email.utils
import json
import time

from demands import Demand, expect
from exchange import FIN, RST, STALL
from modes import mode


def fields(x, **changes):
    """The good answer with other fields."""
    body = json.loads(x.body)
    body.update(changes)
    return x.answer(x.status, body)


def one(operation, row, **cell):
    return Demand({operation: row}).with_cell(**cell)


# A small file whose upload fails by the server's fault goes inside of the request; by the caller's, nothing is created.
UPLOAD = {"routes": ["upload"]}
by_hand = one("attach", expect("value"), **UPLOAD).with_options(timeout=8)
mode("F110/503", by_hand, status=503)(lambda x, status: iter([x.answer(status, {"detail": "no room"})]))
mode("F110/401", one("attach", expect("error", "auth", (), "not_sent", 1), **UPLOAD), status=401)(
    lambda x, status: iter([x.answer(status, {"detail": "who are you"})])
)
mode("F110/lost", by_hand)(lambda x: iter([RST]))
# A limit of the caller's own is over then.
mode("F110/stall", one("attach", expect("error", "timeout", (), "not_sent", 1), **UPLOAD))(lambda x: iter([STALL]))
mode("F110/no-url", one("attach", expect("either", "protocol", (), "not_sent", (1, 1)), **UPLOAD))(
    lambda x: iter([x.answer(201, {"id": "f1"})])
)

# Of more than 256,000 bytes it does not.
TOO_LARGE = one("attach", expect("error", "network capacity", (), "not_sent", 1), **UPLOAD, times=50_000)
mode("F110/503-large", TOO_LARGE, status=503)(lambda x, status: iter([x.answer(status, {"detail": "no room"})]))
mode("F110/lost-large", TOO_LARGE)(lambda x: iter([RST]))

FILE = expect("error", "protocol truncated", requests=(1, 3))


@mode("F111/206", one("download", FILE))
def part_unasked(x):
    yield x.answer(206, x.body[:100], f"Content-Range: bytes 0-99/{len(x.body)}")


@mode("F111/206-whole", one("download", expect("either", "protocol", requests=(1, 3))))
def whole_as_part(x):
    yield x.answer(206, x.body, f"Content-Range: bytes 0-{len(x.body) - 1}/{len(x.body)}")


mode("F111/304", one("download", FILE))(lambda x: iter([x.answer(304, b"", kind=None, length=None)]))
mode("F111/204", one("download", FILE))(lambda x: iter([x.answer(204, b"", kind=None, length=None)]))


def resumed(x, start, whole):
    """Cut once; then another part than the one that was asked for."""
    body = x.body
    if "range" not in x.request.headers:
        yield x.head('ETag: "a"', "Accept-Ranges: bytes") + body[:8000]
        yield FIN
    elif start is None:
        yield x.head('ETag: "b"') + body
    else:
        end = len(body) - 1
        yield x.answer(206, body[start:], f"Content-Range: bytes {start}-{end}/{whole or len(body)}", 'ETag: "a"')


RESUMED = one("download", expect("value", requests=(2, 4))).with_options(timeout=8)
mode("F111/resume", RESUMED, start=8000, whole=None)(resumed)
mode(
    "F111/resume-elsewhere", RESUMED.but(download=expect("either", "protocol truncated", requests=(2, 4))), start=4000, whole=None
)(resumed)
mode(
    "F111/resume-other-size",
    RESUMED.but(download=expect("either", "protocol truncated", requests=(2, 4))),
    start=8000,
    whole=30000,
)(resumed)
mode("F111/resume-changed", RESUMED, start=None, whole=None)(resumed)

# Names that climb, in URLs and in Content-Disposition. `save` puts a run's files into a folder; the grid looks around it.
NAMES = {
    "up": "..%2f..%2fx.bin",
    "dots": "%2e%2e%2fx.bin",
    "drive": "C:%5cx.bin",
    "nul": "a%00b.bin",
    "hidden": ".bashrc",
    "long": "n" * 4096,
    "empty": "",
    "dot": ".",
    "two-dots": "%2e%2e",
    "root": "%2fetc%2fpasswd",
    "line": "a%0ab",
    "device": "con.txt",
    "space": "%20",
}


def output_names(x, last):
    if x.route == "file":
        yield x.good('Content-Disposition: attachment; filename="../../climbed.bin"')
    else:
        yield fields(x, status="succeeded", output=[x.url("other", "/file/" + last), x.url("other", "/file/ok.bin")])


for name, text in NAMES.items():
    mode(
        f"F112/{name}", one("save", expect("either", requests=(0, 9)), routes=["get", "file"]).with_options(timeout=8), last=text
    )(output_names)


def ended(status, error, kind):
    """Not a fault of the server's: how a run ends that was well served, for each kind of error has a mode."""
    demand = one("run", expect("error", kind, requests=(1, 20)))
    mode(f"F113/{kind}", demand)(lambda x: iter([fields(x, status=status, error=error, output=None)]))


ended("failed", "CUDA out of memory", "model_failed")
ended("failed", "NSFW content detected. Try running it again, or try a different prompt.", "content_filtered")
ended("canceled", None, "canceled")


@mode("F113", one("run", expect("error", "timeout", requests=(2, 200)), cancels=1).with_options(poll_interval=0.1))
def never_done(x):
    yield fields(x, status="processing", output=None)


@mode("F113/held", one("run", expect("error", "timeout", (), "maybe_sent", 1), routes=["create"], wait=True))
def held_for_ever(x):
    yield STALL


@mode("F114", one("run", expect("error", "timeout protocol", requests=(1, 200))).with_options(poll_interval=0.1))
@mode("F114/once", Demand({"run": expect("value", requests=(2, 9))}, 1).with_options(poll_interval=0.1, timeout=8))
def unknown_status(x):
    yield fields(x, status="meditating", output=None)


@mode("F115", one("run", expect("value", requests=1)).with_options(timeout=8))
def done_and_undone(x):
    is_first = x.scenario.count(x.request) == 1
    yield fields(x, status="succeeded" if is_first else "processing")


@mode("F115/shrinks", Demand({"run": expect("value", requests=(2, 9))}, 3).with_options(poll_interval=0.1, timeout=8))
def output_shrinks(x):
    count = x.scenario.count(x.request)
    yield fields(x, status="processing", output=["a", "b", "c"][: 4 - count])


OTHER_ID = expect("error", "protocol timeout", requests=(1, 40))


@mode("F116", Demand({"get": OTHER_ID, "run": OTHER_ID}).with_options(poll_interval=0.1))
def another_id(x):
    yield fields(x, id="somebody-else")


def urls(x, value):
    if isinstance(value, str):
        base = x.scenario.base_of(value)
        value = {name: f"{base}/v1/predictions/x" for name in ("get", "cancel", "stream", "web")}
    yield fields(x, urls=value)


RELATIVE = {"get": "/v1/predictions/x", "cancel": "cancel", "stream": "/stream/x"}
for name, value in {
    "null": None,
    "empty": {},
    "relative": RELATIVE,
    "number": 5,
    "other": "other",
    "file": {"stream": "file:///etc/passwd"},
}.items():
    # Paths are built from the id, whatever the answer says; only a stream must be where it is.
    rows = {"run": expect("value", requests=(1, 1))}
    if name != "other":
        rows["stream"] = expect("error", "invalid_input protocol", requests=1)
    mode(f"F117/{name}", Demand(rows).with_cell(routes=["create"]).with_options(timeout=8), value=value)(urls)
mode(
    "F117/stream-other",
    one("stream", expect("either", requests=(1, 9)), routes=["create"]).with_options(timeout=4),
    value="other",
)(urls)

for code, kind in {404: "not_found", 409: "invalid_input"}.items():
    mode(f"F122/{code}", one("cancel", expect("error", kind, requests=1, status=code)), code=code)(
        lambda x, code: iter([x.answer(code, {"detail": "it has ended"})])
    )
mode("F122/finished", one("cancel", expect("value", requests=1)))(lambda x: iter([fields(x, status="succeeded")]))


@mode("F123", Demand({"run": expect("value", requests=(4, 5))}, 3).with_options(poll_interval=0.1, timeout=10))
@mode(
    "F123/stream",
    Demand({"stream": expect("value", requests=(1, 5))}, 2).with_options(poll_interval=0.1, timeout=10).with_cell(routes=["get"]),
)
def not_there_yet(x):
    yield x.answer(404, {"detail": "not found", "status": 404})


@mode(
    "F123/never",
    one("run", expect("error", "not_found", requests=(1, 60), status=404)).with_options(poll_interval=0.1, timeout=10),
)
def never_there(x):
    yield x.answer(404, {"detail": "not found", "status": 404})


@mode("F124", one("twice", expect("value", requests=(1, 2)), routes=["create"]))
def same_id(x):
    yield fields(x, id="the-same")


@mode(
    "F125",
    Demand({name: expect("value", requests=2, seconds=(1.5, 4.5)) for name in ("get", "create")}, 1).with_options(timeout=8),
)
def clock_of_yesterday(x):
    yesterday = time.time() - 86400
    yield x.answer(
        429,
        {"detail": "slowly"},
        "Date: " + email.utils.formatdate(yesterday, usegmt=True),
        "Retry-After: " + email.utils.formatdate(yesterday + 2, usegmt=True),
    )


# Nothing of the kind asked for, though the status is right.
for name, body in {"list": [], "text": "p1", "number": 7, "true": True, "null": None}.items():
    mode(
        f"F116/{name}",
        Demand(
            {"run": expect("error", "protocol", requests=(0, 6)), "get": expect("either", "protocol", requests=(1, 3))}
        ).with_cell(routes=["create", "get"]),
        body=body,
    )(lambda x, body: iter([x.answer(x.status, json.dumps(body).encode())]))
