"""F60 to F67: kept connections. The operation under test goes over a connection that a good answer has been on before (`warm`);
in F61 to F67 the fault is in what comes after the first answer."""

import time

from demands import CREATES, ENDS, Demand, expect
from exchange import CLOSE, FIN, RST, STALL, Pause
from modes import mode

SURE = expect("value", requests=1)

# Whether a byte of a create had been written when the end came is for the client to know.
reused = Demand(
    {
        **{name: expect("value", requests=(1, 2)) for name in ("get", *ENDS)},
        **{name: expect("either", "network", (), "maybe_sent not_sent", (1, 1)) for name in CREATES},
    },
    times=1,
).with_cell(warm=True)


@mode("F60", reused)
def dies_under_the_request(x):
    yield RST


@mode("F60/fin", reused)
def ends_under_the_request(x):
    yield CLOSE


@mode(
    "F60/half",
    Demand({"upload": expect("error", "network", (), "maybe_sent", 1)}, times=1).with_cell(warm=True, size=8 << 20),
    when="head",
)
def dies_under_the_body(x):
    x.connection.read_body(x.request, limit=1 << 20)
    yield RST


# From here on the first answer is a good one, whatever comes behind it; the calls that follow are judged by their nonces.
after = Demand({name: SURE for name in ("get", "create", "cancel", "delete")}, times=1)
poison = Demand(after.by_operation, 1, True)


@mode("F61", after)
def ends_when_idle(x):
    yield x.good()
    yield Pause(0.01)
    yield FIN


@mode("F61/at-once", after)
def ends_at_once(x):
    yield x.good()
    yield CLOSE


@mode("F61/reset", after)
def reset_when_idle(x):
    yield x.good()
    yield Pause(0.01)
    yield RST


STRANGER = (
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 38\r\n\r\n{"id": "p-9", "nonce": "a stranger\'s"}'
)


@mode("F62", poison)
def unasked_bytes(x):
    yield x.good()
    yield Pause(0.01)
    yield STRANGER
    yield STALL


@mode("F62/line-ends", after)
def unasked_line_ends(x):
    yield x.good() + b"\r\n\r\n"


# What comes behind a 204 libcurl passes over, and the connection goes on.
@mode("F63/204", after.of("delete"))
def two_answers_without_bodies(x):
    yield x.good() + STRANGER


@mode("F63", poison.but(delete=None))
def two_answers(x):
    yield x.good() + STRANGER
    yield STALL


@mode("F64", after)
def half_closed(x):
    yield x.good()
    yield FIN


@mode("F65/close", Demand({name: expect("value", requests=1, seconds=(0, 1.5)) for name in ("get", "create", "cancel")}, 1, True))
def says_close_and_stays(x):
    yield x.head("Connection: close") + x.body
    yield STALL


@mode("F65/keep", after)
def says_keep_and_goes(x):
    yield x.head("Connection: keep-alive", "Keep-Alive: timeout=60") + x.body
    yield FIN


@mode("F66", Demand({"get": SURE, "create": SURE}, 1).with_cell(pause=1.6))
def keeps_for_a_second(x):
    yield x.head("Keep-Alive: timeout=1") + x.body
    yield Pause(1)
    yield FIN


@mode("F67", Demand({name: expect("value", requests=1, seconds=(0, 1.5)) for name in ("get", "create", "download")}, 1))
def holds_the_end_back(x):
    yield x.head("Connection: close") + x.body
    end = time.monotonic() + 3
    while time.monotonic() < end:
        yield Pause(0.1)
    yield FIN
