"""R27: what is small on the wire and large when it is unpacked, and chains of codings. The limit ends it, and the process has not
grown by more than twice that."""

import gzip
import os
import tempfile
import zlib

import modes
from exchange import FIN
from modes import Mode
from rows import goes_first, goes_on

#: What the header publishes of an answer in memory, in KiB.
LIMIT = 64 << 10
SECONDS = 2


def zeros(mebibytes):
    press, block = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(1 << 20)
    return b"".join(press.compress(block) for _ in range(mebibytes)) + press.flush()


def chain(mebibytes, count):
    """Zeros that are packed over and over: the outermost layer is a few bytes."""
    body = zeros(mebibytes)
    for _ in range(count - 1):
        body = gzip.compress(body, 9, mtime=0)

    def run(x):
        yield x.head("Content-Encoding: " + ", ".join(["gzip"] * count), length=len(body)) + body
        yield FIN

    return run


def coded(coding, *more):
    body = zeros(1)

    def run(x):
        yield x.head(f"Content-Encoding: {coding}", *more, length=len(body)) + body
        yield FIN

    return run


BOMBS = {
    "1000:1, 256 MiB": modes.TABLE["F100/1000"].run,
    "5 layers": chain(128, 5),
    "50 layers": chain(1, 50),
    "br": coded("br"),
    "zstd": coded("zstd"),
    "a list": coded("gzip, br, deflate"),
    "two lines": coded("gzip", "Content-Encoding: gzip"),
    "1,000 codings": coded(", ".join(["gzip"] * 1000)),
}
LARGE = {"gzip of 1 GiB": modes.TABLE["F100/1GiB"].run, "gzip of 10 GiB": modes.TABLE["F100/10GiB"].run}
#: Into memory, and to a file.
OPERATIONS = {"get": "get", "create": "create", "read": "file", "download": "file"}


def first(generator):
    """How long it takes is the library's affair, and not that of what else the machine does."""

    def run(x):
        goes_first()
        yield from generator(x)

    return run


def run(bench):
    with tempfile.TemporaryDirectory() as folder:
        meet(bench, os.path.join(folder, "bomb"))


def meet(bench, path):
    problems, most, slowest, count = [], 0, (0, ""), 0
    is_first = bench.is_long and goes_first()
    for name, generator in {**BOMBS, **(LARGE if bench.is_long else {})}.items():
        for operation, route in OPERATIONS.items() if bench.is_long else [("get", "get"), ("read", "file")]:
            what = f"{name} {operation}"
            count += 1
            scenario = bench.server.add(Mode(name, first(generator) if is_first else generator, "request", None, {}, False), [route], seed=bench.seed)
            # The first call fills what a process needs once; the peak is that of the process so far.
            plain = bench.job(bench.server.add(), "get", ["R27-plain"], name="plain", options={"timeout": 60})
            more = {"url": scenario.base_of("other") + "/file/x.bin", "path": path}
            bomb = bench.job(scenario, operation, ["R27"], name="bomb", options={"timeout": 60, "max_retries": 0}, **more)
            results = bench.bulk(plain, bomb)
            result, memory = results.get("R27") or {}, results.get("job bomb") or {}
            error = result.get("error") or {}
            grown = memory.get("peak", 1 << 30) - memory.get("before", 0)
            most, slowest = max(most, grown), max(slowest, (result.get("seconds", 99), what))
            if error.get("kind") not in ("protocol", "truncated"):
                problems.append(f"{what}: {error.get('text') or result}")
            if grown > 2 * LIMIT:
                problems.append(f"{what}: {grown >> 10} MiB more, where {2 * LIMIT >> 10} are allowed")
            if bench.is_long and result.get("seconds", 99) >= SECONDS:
                problems.append(f"{what}: {result.get('seconds')} s")
    goes_on()
    bench.judge(
        "R27",
        "bombs, chains and codings end as an error; peak memory under twice the limit of 64 MiB" + ", under 2 s" * bench.is_long,
        f"{count} bombs: at most {most >> 10} MiB more, the slowest {slowest[0]:.2f} s ({slowest[1]})"
        + ", with real-time priority" * is_first,
        problems,
    )
