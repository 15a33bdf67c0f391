"""R35: how long after its last byte was written an event is handed out. Only the long run measures; server and client go before
whatever else the machine does, where it lets them: what waits for a processor says nothing about the library."""

import time

from exchange import FIN, Pause
from modes import Mode
from rows import goes_first, goes_on

EVENTS, RUNS, DEMANDED = 10_000, 3, 5


def stamped(x):
    """Each event holds the time at which it was written, by the clock that the reader has, too."""
    goes_first()
    yield x.head(status=200, length=None).replace(b"HTTP/1.1", b"HTTP/1.0")
    for _ in range(EVENTS):
        yield Pause(0.002)
        yield b"event: output\ndata: %.9f\n\n" % time.monotonic()
    yield b"event: done\ndata: {}\n\n"
    yield FIN


def run(bench):
    if not bench.is_long:
        return
    found, problems = [], []
    is_first = goes_first()
    for number in range(RUNS):
        scenario = bench.server.add(Mode("stamped", stamped, "request", None, {}, False), ["stream"])
        results = bench.bulk(bench.job(scenario, "delays", ["R35"], options={"timeout": 600}), timeout=600)
        value = (results.get("R35") or {}).get("value")
        if not value or value["count"] != EVENTS:
            problems.append(f"{number}: {results.get('R35')}")
        else:
            found.append(value["output"])
    goes_on()
    # The one in the middle: what else the machine does in one of them is not the library's.
    middle = sorted(each[1] for each in found)[len(found) // 2] if found else 1e9
    if middle > DEMANDED:
        problems.append(f"p99 {middle:.2f} ms")
    bench.judge(
        "R35",
        f"an event is handed out within {DEMANDED} ms of its last byte at p99, over {EVENTS:,} events on loopback (the middle of"
        f" {RUNS} runs)",
        "p50, p99 and longest in ms: "
        + "; ".join(", ".join(f"{each:.2f}" for each in run) for run in found)
        + (", with real-time priority" if is_first else ", beside whatever else ran"),
        problems,
    )
