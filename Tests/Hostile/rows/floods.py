"""R26: answers that do not end. The deadline or a limit ends them, and the process has not grown by more than the limit."""

import modes
from exchange import FIN
from modes import Mode

#: What the header publishes: of an answer in memory, and of its head.
BODY, HEAD = 64 << 10, 256
ROOM = 16 << 10


def endless(x):
    yield x.head(length=None).replace(b"HTTP/1.1", b"HTTP/1.0") + b'{"a": "'
    for _ in range(1 << 14):
        yield b"x" * 65536
    yield FIN


def huge_chunk(x):
    yield x.head("Transfer-Encoding: chunked", length=None) + b"7fffffffffffffff\r\n" + b'{"a": "'
    for _ in range(1 << 14):
        yield b"x" * 65536
    yield FIN


def huge_length(x):
    yield x.head(length=(1 << 63) - 1)
    for _ in range(1 << 14):
        yield b"x" * 65536
    yield FIN


FLOODS = {
    "a line of 100 MB": (modes.TABLE["F36"].run, HEAD),
    "10 million lines": (modes.TABLE["F37"].run, HEAD),
    "interim answers": (modes.TABLE["F39/many"].run, HEAD),
    "a body without end": (endless, BODY),
    "a chunk of 2^63": (huge_chunk, BODY),
    "a length of 2^63": (huge_length, BODY),
}


def run(bench):
    problems, most = [], 0
    for name, (generator, limit) in FLOODS.items():
        mode = Mode(name, generator, "request", None, {}, False)
        scenario = bench.server.add(mode, ["get"], seed=bench.seed)
        # The first fills what a process needs once; the peak is that of the process so far.
        plain = bench.job(bench.server.add(), "get", ["R26-plain"], name="plain", options={"timeout": 20})
        results = bench.bulk(plain, bench.job(scenario, "get", ["R26"], name="flood", options={"timeout": 10, "max_retries": 0}))
        result, memory = results.get("R26") or {}, results.get("job flood") or {}
        error = result.get("error") or {}
        grown = memory.get("peak", 1 << 30) - memory.get("before", 0)
        most = max(most, grown - limit)
        if error.get("kind") not in ("protocol", "truncated", "timeout"):
            problems.append(f"{name}: {error.get('text') or result}")
        if result.get("seconds", 99) > 11:
            problems.append(f"{name}: {result.get('seconds')} s")
        if grown > limit + ROOM:
            problems.append(f"{name}: {grown >> 10} MiB more, where {(limit + ROOM) >> 10} are allowed")
    bench.judge(
        "R26",
        "floods end at a limit or the deadline; peak memory under limit + 16 MiB",
        f"{len(FLOODS)} floods, at most {most} KiB over the limit",
        problems,
    )
