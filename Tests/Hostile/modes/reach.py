"""F01 to F07: the way to the server. (F08 and F09 are TLS's.)"""

from demands import ALL, expect, fine, rows, stalled, unreached, Demand
from exchange import DEAF, FIN, RST
from modes import mode


@mode("F01", unreached("connect"), when="dead")
@mode("F03", unreached(("connect", "connect timeout of"), "timeout network"), when="full")
@mode(
    "F06",
    unreached("name").with_options(base_url="https://nothing.invalid/v1").with_cell(plain=False).but(download=None),
    when="dead",
)
@mode("F07", fine(ALL).with_cell(host="localhost"), when="request")
def nobody(x):
    yield x.good()


# Whether a byte was written before the reset came is a race that the client may lose: then a create may have been sent.
refused = Demand(
    rows(
        (*ALL, "download"),
        reads=expect("value", requests=1),
        ends=expect("value", requests=1),
        creates=expect("either", "network", (), "maybe_sent not_sent", (0, 1)),
    ),
    times=1,
)


@mode("F02", refused, when="accept")
def reset(x):
    yield RST


@mode("F04", refused, when="accept")
def closed(x):
    yield FIN


@mode("F05", stalled("waiting", requests=0), when="accept")
@mode("F19", stalled("sending", ("upload",), requests=0).with_cell(size=16 << 20), when="accept")
def deaf(x):
    yield DEAF
