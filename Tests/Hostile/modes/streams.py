"""F70 to F86: the stream of a prediction. One that breaks is taken up again behind its last event (the library promises
that), so what is cut once is delivered whole; what is cut each time ends as `truncated`."""

from replies import EVENTS, OUTPUT, event, events

from demands import Demand, expect
from exchange import FIN, RST, STALL, Pause
from modes import mode

DONE = b"event: done\ndata: {}\n\n"
WHOLE = [*OUTPUT, "{}"]


def whole(requests=1, data=WHOLE, **more):
    return expect("value", requests=requests, events=data, **more)


def stream(row, times=None, **more):
    return Demand({"stream": row}, times).with_options(timeout=12, **more)


def head(x, kind="text/event-stream"):
    return x.head("Cache-Control: no-cache", status=200, kind=kind, length=None).replace(b"HTTP/1.1", b"HTTP/1.0")


def cut_at(x, byte, how=FIN):
    yield head(x) + events(x)[:byte]
    yield how


# Each byte is R32's; here those at which something changes: in an id, in a field's name, before and after a block's end.
first = event(*EVENTS[0])
for byte in (0, 1, 4, 20, len(first) - 2, len(first) - 1, len(first), len(first) + 1, 2 * len(first) + 8):
    mode(f"F70/{byte}", stream(whole((2, 2)), 1), byte=byte)(cut_at)
mode("F73", stream(whole((2, 2)), 1), byte=len(first) + 9, how=RST)(cut_at)
#: "ö" is the third letter of the second event's data.
inside = len(first) + event(*EVENTS[1]).index("\u00f6".encode()) + 1
mode("F71", stream(whole((2, 2)), 1), byte=inside)(cut_at)


@mode("F72", stream(whole((2, 3)), 1))
def ends_before_done(x):
    yield head(x) + events(x).split(b"id: 4:0")[0]
    yield FIN


@mode("F72/always", stream(expect("error", "truncated", requests=(1, 6), events=1)), is_long=True)
def never_done(x):
    yield head(x) + (b"" if x.request.headers.get("last-event-id") else first)
    yield FIN


@mode("F74", stream(expect("error", "model_failed", "it broke", requests=1, events=2)))
def error_event(x):
    yield head(x) + first + b'event: error\ndata: {"detail": "it broke"}\n\n' + event(*EVENTS[1])
    yield FIN


@mode("F74/text", stream(expect("error", "model_failed", "it broke", requests=1)))
def error_text(x):
    yield head(x) + b"event: error\ndata: it broke\n\n" + DONE
    yield FIN


LONG = 160 << 16


# Every byte of it, and of the end's "{}".
@mode("F75", stream(expect("value", requests=1, seconds=(0, 5), fields=(("bytes", LONG + 2), ("count", 2)))))
def long_line(x):
    yield head(x) + b"event: output\ndata: "
    for _ in range(LONG >> 16):
        yield b"x" * 65536
    yield b"\n\n" + DONE
    yield FIN


@mode("F76", stream(expect("error", "protocol", "bytes", requests=1)))
def endless_line(x):
    yield head(x) + b"event: output\ndata: "
    for _ in range(40 * 16):
        yield b"x" * 65536
    yield FIN


@mode("F77", stream(whole((4, 4), seconds=(0.55, None)), 3))
def one_event_a_connection(x):
    rest = events(x)
    yield head(x) + b"retry: 200\n\n" + rest[: rest.index(b"\n\n") + 2]
    yield FIN


@mode("F77/from-the-start", stream(whole((2, 2)), 2))
def begins_anew(x):
    """Heeds no Last-Event-ID; what came already must not come twice."""
    everything = b"".join(event(*row) for row in EVENTS)
    if x.request.headers.get("last-event-id"):
        yield head(x) + everything + DONE
    else:
        yield head(x) + everything[: 2 * len(first)]
    yield FIN


@mode("F78", Demand({"stream": expect("error", "timeout", requests=1, events=1)}))
def silence(x):
    yield head(x) + first
    yield STALL


@mode(
    "F78/comments",
    Demand({"stream": expect("error", "timeout", requests=1, events=1, seconds=(1.9, None))}).with_options(idle_timeout=0.8),
)
def comments_alone(x):
    yield head(x) + first
    for _ in range(40):
        yield b": still here\n\n"
        yield Pause(0.2)


@mode("F78/idle", stream(whole((2, 2)), 1, idle_timeout=0.5))
def silence_once(x):
    yield head(x) + first
    yield STALL


def not_a_stream(x, status, kind, body):
    yield x.answer(status, body, kind=kind)


for status, kinds in {401: "auth", 404: "not_found", 410: "not_found", 400: "invalid_input"}.items():
    # The header promises truncated for what breaks; what the stream's host refuses may keep its own kind.
    # A 404 just after the create may be a stream that is not there yet.
    mode(
        f"F79/{status}",
        stream(expect("error", f"{kinds} truncated", requests=(1, 9), events=0, status=status)),
        status=status,
        kind="application/json",
        body={"detail": "no"},
    )(not_a_stream)
mode(
    "F79/html", stream(expect("error", "protocol truncated", "text/html", requests=1)), status=200, kind="text/html", body=b"<p>"
)(not_a_stream)
mode("F79/204", stream(expect("error", "truncated protocol", requests=1)), status=204, kind=None, body=b"")(not_a_stream)
mode("F79/205", stream(expect("error", "truncated protocol", requests=(1, 6))), status=205, kind=None, body=b"")(not_a_stream)
mode("F79/500-once", stream(whole((2, 2)), 1), status=500, kind="application/json", body={"detail": "later"})(not_a_stream)
mode(
    "F79/500",
    stream(expect("error", "truncated network", requests=(2, 6), status=500)),
    status=500,
    kind="application/json",
    body={"detail": "later"},
)(not_a_stream)


@mode("F80", stream(whole()))
def byte_by_byte(x):
    yield head(x)
    for byte in events(x):
        yield bytes([byte])
        yield Pause(0.002)
    yield FIN


@mode("F80/segments", stream(whole()))
def each_byte_a_segment(x):
    yield x.head("Transfer-Encoding: chunked", status=200, length=None)
    for byte in events(x):
        yield b"1\r\n%c\r\n" % byte
    yield b"0\r\n\r\n"


def all_of(count):
    """And the end; their data are their numbers."""
    digits = sum(len(str(n)) for n in range(count))
    return expect("value", requests=1, fields=(("count", count + 1), ("bytes", digits + 2)))


@mode("F81", stream(all_of(100_000)).with_options(timeout=20), count=100_000)
@mode("F81/million", stream(all_of(1_000_000)).with_options(timeout=60), is_long=True, count=1_000_000)
def many(x, count):
    yield head(x)
    for start in range(0, count, 1000):
        yield b"".join(b"event: output\ndata: %d\n\n" % n for n in range(start, start + 1000))
    yield DONE
    yield FIN


# The header: one U+FFFD for each broken sequence.
@mode("F82", stream(whole(data=["a\ufffd\ufffdb", "{}"])), data=b"a\xff\xfeb")
@mode("F82/overlong", stream(whole(data=["a\ufffd\ufffdb", "{}"])), data=b"a\xc0\xafb")
@mode("F82/cut", stream(whole(data=["a\ufffdb", "{}"])), data=b"a\xe2\x82b")
def not_utf8(x, data):
    yield head(x) + b"event: output\ndata: " + data + b"\n\n" + DONE
    yield FIN


@mode("F83", stream(expect("value", requests=1, events=["a\nb", "c", "d", "{}"])))
def line_ends(x):
    yield head(x)
    yield b"\xef\xbb"
    yield Pause(0.01)
    yield b"\xbfevent: output\r"
    yield Pause(0.01)
    yield b"\ndata: a\rdata: b\r\n\r"
    yield Pause(0.01)
    yield b"\nevent:output\ndata:c\n\nevent: output\rdata: d\r\revent: done\ndata: {}\n\n"
    yield FIN


@mode("F84", stream(whole()))
def events_after_done(x):
    yield head(x) + events(x) + event("5:0", "output", "too late")
    yield STALL


def done(x, data):
    yield head(x) + first + (b"event: done\n" + (f"data: {data}\n".encode() if data else b"") + b"\n")
    yield FIN


# It is over: one connection. The reason is shown as the server said it. `done` without data is no event by the standard; here it
# is an end all the same.
for name, data in {"canceled": '{"reason": "canceled"}', "error": '{"reason": "error"}', "without-data": None}.items():
    mode(f"F85/{name}", stream(whole(data=["Hello", data or ""])), data=data)(done)


@mode("F86", stream(expect("either", "truncated protocol network", requests=(1, 6))))
def redirected(x):
    yield x.answer(302, b"", f"Location: {x.url('other', '/stream/elsewhere')}", kind=None)
