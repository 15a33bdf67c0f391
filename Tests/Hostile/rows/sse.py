"""R30: the table of event streams (Tests/ReplicateTests/Streaming, where the parser alone meets it) over the wire: whole, in chunks, and
byte by byte. What comes out of the library in Lua is what stands in the table."""

import os
import random
import re

from exchange import FIN
from modes import Mode

TABLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../ReplicateTests/Streaming")
WAYS = ["whole", "chunks", "bytes"]
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", '"': '"', "\\": "\\"}
TEXT = r'"((?:[^"\\]|\\.)*)"'


def text_of(literal):
    """Of a Swift string."""
    unicode = re.sub(r"\\u\{([0-9A-Fa-f]+)\}", lambda found: chr(int(found[1], 16)), literal)
    return re.sub(r"\\(.)", lambda found: ESCAPES[found[1]], unicode)


def table():
    """(bytes, [(event, data, id)]) of each row."""
    found = []
    for name in ("StreamTable.swift", "StreamTable+Service.swift"):
        with open(os.path.join(TABLES, name), encoding="utf-8") as file:
            source = file.read()
        for row in re.split(r"\bSelf\(\s*(?=\")", source)[1:]:
            stream = re.match(TEXT + r",\s*" + TEXT + r",\s*\[", row, re.DOTALL)
            events = re.findall(rf"StreamEvent\({TEXT}(?:, event: {TEXT})?(?:, id: {TEXT})?\)", row[stream.end() :])
            found.append((text_of(stream[2]).encode(), [tuple(map(text_of, each)) for each in events]))
    return found


def expected(events):
    """Up to `done`, or to `error`, behind which nothing is promised. Types and ids are C's texts in the header, and end at a NUL; data has a length."""
    result = []
    for data, event, identifier in events:
        result.append((event.split("\0")[0] or "message", data, identifier))
        if event in ("done", "error"):
            break
    return result


def answer(x, way, data, choice):
    if way == "chunks":
        yield x.head("Transfer-Encoding: chunked", status=200, length=None)
        while data:
            size = choice.randint(1, 9)
            yield x.chunks(data[:size])
            data = data[size:]
        yield b"0\r\n\r\n"
    elif way == "bytes":
        yield x.head(status=200, length=None).replace(b"HTTP/1.1", b"HTTP/1.0")
        for index in range(len(data)):
            yield data[index : index + 1]
    else:
        yield x.head(status=200, length=len(data)) + data
    yield FIN


def run(bench):
    rows, choice = table(), random.Random(bench.seed)

    def pick(x):
        if x.route != "stream":
            return None
        _, way, number = x.request.call.rsplit("-", 2)
        data, is_first = rows[int(number)][0], x.scenario.count(x.request) == 1

        def generator(x):
            # A stream that is not at its end is asked for again, and there is no more.
            yield from answer(x, way, data, choice) if is_first else iter([x.answer(400, {"detail": "no more"})])

        return Mode(way, generator, "request", None, {}, False)

    scenario = bench.server.add(pick=pick)
    nonces = [f"R30-{way}-{number}" for way in WAYS for number in range(len(rows))]
    results = bench.bulk(bench.job(scenario, "stream", nonces, 32, options={"timeout": 60}))
    problems = [] if len(rows) > 100 else [f"{len(rows)} rows were read"]
    for nonce in nonces:
        data, events = rows[int(nonce.rsplit("-", 1)[1])]
        seen = [(each["event"], each["data"], each.get("id") or "") for each in (results.get(nonce) or {}).get("events") or []]
        wanted = expected(events)
        is_done = bool(wanted) and wanted[-1][0] == "done"
        if wanted and wanted[-1][0] == "error":
            seen = seen[: len(wanted)]
        if seen != wanted or nonce not in results:
            problems.append(f"{nonce} {data}: {seen}, not {wanted}")
        elif is_done == ("error" in results[nonce]):
            problems.append(f"{nonce} {data}: the end is {results[nonce].get('error')}")
    bench.judge(
        "R30",
        "the table of event streams over the wire: whole, in chunks, byte by byte: 100 %",
        f"{len(rows)} streams, {len(nonces)} readings, {len(problems)} wrong",
        problems,
    )
