"""R33: large events, lines without an end, and a reader who is slower than the server: memory stays flat, and the server waits."""

import time

from exchange import FIN
from modes import Mode

#: What the header publishes of one event, in bytes; and what a process may grow by, in KiB.
LIMIT = 16 << 20
ROOM = 16 << 10
DONE = b"event: done\ndata: {}\n\n"
PAD = b"." * 150


def head(x):
    return x.head(status=200, length=None).replace(b"HTTP/1.1", b"HTTP/1.0")


def line(size, end):
    def run(x):
        yield head(x) + b"event: output\ndata: "
        for start in range(0, size, 1 << 16):
            yield b"x" * min(1 << 16, size - start)
        yield end
        yield FIN

    return run


class Flood:
    """Small events as fast as they are taken; when the last of them was."""

    def __init__(self, count):
        self.count, self.written, self.end = count, 0, 0

    def run(self, x):
        yield head(x)
        for start in range(0, self.count, 500):
            block = b"".join(b"event: output\ndata: %d %s\n\n" % (n, PAD) for n in range(start, start + 500))
            yield block
            self.written += len(block)
        self.end = time.monotonic()
        yield DONE
        yield FIN


def read(bench, name, generator, **more):
    """(what came of it, what the process held), after a plain call."""

    def pick(x):
        # A stream that breaks is taken up again; the second time there is nothing.
        if x.route != "stream":
            return None
        return Mode(name, generator if x.scenario.count(x.request) == 1 else gone, "request", None, {}, False)

    plain = bench.job(bench.server.add(), "stream", ["R33-plain"], name="plain", options={"timeout": 60})
    job = bench.job(bench.server.add(pick=pick), name="flow", nonces=["R33"], options={"timeout": 600, "max_retries": 0}, **more)
    results = bench.bulk(plain, job, timeout=600)
    return results.get("R33") or {}, results.get("job flow") or {}


def gone(x):
    yield x.answer(410, {"detail": "gone"})


def large(bench):
    problems, said = [], []
    most = LIMIT - len("output") - 64
    for name, size, end, kind in [
        ("an event of 16 MB", 16_000_000, b"\n\n" + DONE, None),
        ("one at the limit of 16 MiB", most, b"\n\n" + DONE, None),
        ("one over it", LIMIT + 1, b"\n\n" + DONE, "protocol"),
        ("a line of 10 MB without an end", 10_000_000, b"", "truncated not_found"),
        ("a line that goes on", 1_000_000_000, b"", "protocol"),
    ]:
        result, memory = read(bench, name, line(size, end), operation="stream")
        error, value = result.get("error") or {}, result.get("value") or {}
        grown = memory.get("peak", 1 << 30) - memory.get("before", 0)
        said.append(f"{name}: {'whole' if value else error.get('kind')}, {grown >> 10} MiB more")
        if kind is None and value.get("bytes") != size + 2:
            problems.append(f"{name}: {error.get('text') or value}")
        if kind is not None and error.get("kind") not in kind.split():
            problems.append(f"{name}: {error.get('text') or value}")
        # Its bytes are with the library and with Lua, each of which grows by doubling.
        if grown > (LIMIT * 6 >> 10) + ROOM:
            problems.append(f"{name}: {grown >> 10} MiB more")
    bench.judge("R33", "an event of 16 MB passes; lines without an end stop at the limit of 16 MiB; memory, with the copies of core, glue and Lua, under 6 times the limit and 16 MiB", "; ".join(said), problems)


def slow(bench):
    count = 1_000_000 if bench.is_long else 40_000
    flood, pause = Flood(count), 0.05 if bench.is_long else 0.02
    result, memory = read(bench, "flood", flood.run, operation="paced", every=1000, pause=pause)
    value, problems = result.get("value") or {}, []
    if value.get("count") != count or result.get("error"):
        problems.append(f"{value.get('count')} events: {result.get('error')}")
    grown = memory.get("peak", 1 << 30) - memory.get("before", 0)
    if grown > ROOM * (1 if bench.is_long else 2):  # of so few events the first ones weigh more
        problems.append(f"{grown >> 10} MiB more")
    # What the server could not write until the reader had read on: both read the same clock.
    ahead = result.get("start", 0) + result.get("seconds", 0) - flood.end
    if bench.is_long and not 0 <= ahead < result.get("seconds", 0) / 4:
        problems.append(f"the server had written all {ahead:.1f} s before the reader was done")
    bench.judge(
        "R33",
        f"{count:,} small events, a reader who rests {pause * 1000:.0f} ms at each 1,000 (in place of 1 ms at each): all in order,"
        " memory flat within 16 MiB, the server held back",
        f"{flood.written >> 20} MiB in {result.get('seconds', 0):.0f} s: {grown} KiB more; the server was done {ahead:.1f} s before",
        problems,
    )


def run(bench):
    large(bench)
    slow(bench)
