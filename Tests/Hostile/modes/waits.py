"""F12 to F16: answers that come late, slowly, or never whole."""

from dataclasses import replace

from demands import ALL, WITH_BODY, expect, stalled, Demand
from exchange import STALL, Pause
from modes import mode


@mode("F12", stalled("waiting"))
def nothing(x):
    yield STALL


@mode("F12/again", stalled("waiting", ALL, requests=2))
def nothing_the_second_time(x):
    """The limit that the error names is that of the whole call, and not what was left of it."""
    if x.scenario.count(x.request) == 1:
        yield x.answer(429, {"detail": "not now"}, "Retry-After: 1")
    else:
        yield STALL


@mode("F13", stalled("receiving"))
def half_a_head(x):
    head = x.head("X-A: b")
    yield head[: len(head) - 4]
    yield STALL


def drip(data, seconds):
    for index in range(len(data)):
        yield data[index : index + 1]
        yield Pause(seconds)


@mode("F14", stalled("receiving"))
def slow_head(x):
    line, rest = x.head("X-A: b").split(b"\r\n", 1)
    yield line + b"\r\n"
    yield from drip(rest[:-3], 0.2)
    yield STALL


@mode("F15", stalled("receiving").with_cell(**WITH_BODY))
def slow_body(x):
    yield x.head()
    yield from drip(x.body[:40], 0.2)
    yield STALL


@mode("F16", stalled("receiving").with_cell(**WITH_BODY))
def half_a_body(x):
    yield x.head()
    yield x.body[: len(x.body) // 2]
    yield STALL


# A file is not there until the whole of it is: a low speed alone is the caller's to bear. What it costs meanwhile is a row's.
SLOW = expect("value", requests=1)


@mode(
    "F68",
    Demand(
        {
            **{name: SLOW for name in ("get", "create", "cancel")},
            "upload": replace(SLOW, seconds=(3.5, None)),
            "download": replace(SLOW, seconds=(1.8, None)),
        },
        cell={"size": 40_000},
    ).with_options(timeout=12),
    when="head",
)
def ten_kilobytes_a_second(x):
    """Both ways."""
    x.connection.read_body(x.request, size=500, pause=0.05)
    data = x.good()
    for index in range(0, len(data), 500):
        yield data[index : index + 500]
        yield Pause(0.05)


@mode("F69", Demand({name: expect("value", requests=1) for name in ALL}).with_options(timeout=8))
def latency(x):
    yield Pause(0.05 + 0.3 * x.random.random())
    data = x.good()
    while data:
        size = x.random.randint(1, 64)
        yield data[:size]
        data = data[size:]
