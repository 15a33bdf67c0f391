"""F10, F11, F17, F18: between the request and the head of the answer."""

from demands import expect, lost, lost_always, Demand
from exchange import FIN, RST
from modes import mode


@mode("F10", lost())
@mode("F10/always", lost_always())
def lost_answer(x):
    yield RST


@mode("F10/fin", lost())
def no_answer(x):
    yield FIN


HALVES = {
    "status": b"HTTP/1.1 20",
    "name": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "value": b"HTTP/1.1 200 OK\r\nContent-Type: appl",
    "line": b"HTTP/1.1 200 OK\r\n",
    "lines": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
    "last": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r",
    "first": b"H",
}


def half(x, part, how):
    yield HALVES[part]
    yield how


for part in HALVES:
    mode(f"F11/{part}", lost("network truncated protocol"), part=part, how=FIN)(half)
    mode(f"F11/{part}-reset", lost("network truncated protocol"), part=part, how=RST)(half)


@mode("F17", lost(operations=("upload",)).with_cell(size=8 << 20), when="head")
def half_an_upload(x):
    x.connection.read_body(x.request, limit=1 << 20)
    yield RST


# Of what it sends after it has said no nothing is read: whether the answer is seen is decided by the kernel's reset.
early = Demand({"upload": expect("error", "auth invalid_input", (), "rejected", 1)}).with_cell(size=8 << 20)


@mode("F18/401", early, when="head", status=401)
@mode("F18/413", early, when="head", status=413)
def refusal_before_the_body(x, status):
    yield x.answer(status, {"title": "No", "detail": "no such upload", "status": status}, "Connection: close")
    yield FIN


@mode("F18/401-keeps", early.with_cell(size=65536), when="head", status=401)
def refusal_and_reads_on(x, status):
    yield x.answer(status, {"title": "No", "detail": "no such upload", "status": status})
    x.connection.read_body(x.request)
