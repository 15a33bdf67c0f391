"""R25, R32, F11, F53: good answers cut after each byte, and sent one byte a time; streams cut likewise, which go on where they
were."""

import gzip

from exchange import FIN, RST, Exchange
from modes import Mode
from replies import EVENTS, FILE, OUTPUT, event, events
from rows import by_call


def cut_mode(position, whole):
    def run(x):
        yield whole(x)[:position]
        yield FIN

    return Mode(f"cut at {position}", run, "request", None, {}, False)


def by_byte_mode(whole):
    def run(x):
        data = whole(x)
        for index in range(len(data)):
            yield data[index : index + 1]

    return Mode("byte by byte", run, "request", None, {}, False)


def small_file(x):
    return FILE[:400]


def squeezed(x):
    body = gzip.compress(x.body, mtime=0)
    return x.head("Content-Encoding: gzip", length=len(body)) + body


FORMS = {
    "gzip": ("get", "get", squeezed),
    "list": ("list", "list", lambda x: x.good()),
    "cancel": ("cancel", "cancel", lambda x: x.good()),
    "upload": ("upload", "upload", lambda x: x.good()),
    "delete": ("delete", "delete", lambda x: x.good()),
    "length": ("get", "get", lambda x: x.good()),
    "chunked": ("get", "get", lambda x: x.chunked()),
    "create": ("create", "create", lambda x: x.good()),
    "file": ("read", "file", lambda x: x.answer(200, small_file(x), kind="application/octet-stream")),
    "file-chunked": (
        "read",
        "file",
        lambda x: x.head("Transfer-Encoding: chunked", length=None) + x.chunks(small_file(x), 70) + b"0\r\n\r\n",
    ),
}


def number_of(x):
    """The position stands in the nonce, or in the file's name."""
    text = x.request.nonce or x.path
    return int(text.rsplit("-", 1)[1])


def answers(bench):
    cut = whole = count = 0
    problems = []
    for name, (operation, route, form) in FORMS.items():
        scenario = bench.server.add(
            pick=lambda x, form=form, route=route: cut_mode(number_of(x), form) if x.route == route else None
        )
        # To behind the end of the longest answer.
        size = 800 if operation != "read" else 560
        positions = [*range(0, size, 1 if bench.is_long else 11), *range(1, 40, 1 if bench.is_long else 6)]
        jobs = []
        options = {"max_retries": 0, "timeout": 20}
        if operation == "read":
            base = scenario.base_of("other")
            jobs = [
                bench.job(
                    scenario,
                    operation,
                    [f"R25-{name}-{each}"],
                    options=options,
                    url=f"{base}/file/x-{each}",
                    name=f"{name} {each}",
                )
                for each in sorted(set(positions))
            ]
        else:
            nonces = [f"R25-{name}-{each}" for each in sorted(set(positions))]
            jobs = [bench.job(scenario, operation, nonces, options=options, name=name, size=8)]
        results = bench.bulk(*jobs)
        lengths, full = lengths_of(scenario), full_length(scenario, form)
        # Of the line behind the last chunk libcurl does not need the line feed; the body is whole there.
        full -= name.endswith("chunked")
        # Nor does it ask for gzip's last 8 bytes, which F102/tail and the header tell of.
        full -= 8 if name == "gzip" else 0
        for each in sorted(set(positions)):
            result = results.get(f"R25-{name}-{each}")
            is_cut = lengths.get(each, 1 << 30) == each
            value = (result or {}).get("value")
            count += 1
            if result is None:
                problems.append(f"{name} at {each}: no result")
            elif value and is_cut and each < full:
                problems.append(f"{name} at {each}: half an answer as a whole one")
            elif value:
                whole += 1
            else:
                cut += 1
        if max(lengths) < full:
            problems.append(f"{name}: the answer has {full} bytes, and none was cut behind {max(lengths)}")
    bench.judge("R25", f"good answers ({', '.join(FORMS)}) cut after each byte: an error", f"{count} cuts, {cut} errors, {whole} whole", problems)


def lengths_of(scenario):
    """What was written for each position."""
    return {int((each.nonce or each.path).rsplit("-", 1)[1]): each.written for each in list(scenario.requests)}


def full_length(scenario, form):
    """Of this form's answer, from which nothing is missing."""
    request = max(scenario.requests, key=lambda each: each.written)
    return len(form(Exchange(request.connection, scenario, request)))


def cut_calls(bench, row, demand, size, part_of, answer, kinds):
    """Gets and creates of which that part lacks its last byte, its last two, and so on up to all of it, once each: none has a
    value, and of a create nobody knows. `size`: at least the part's."""
    problems, count, longest = [], 0, 0
    for operation in ("get", "create"):
        lengths = []

        def cut(x, lengths=lengths):
            part = part_of(x)
            lengths.append(len(part))
            yield from answer(x, part[: max(0, len(part) - 1 - number_of(x))])

        mode = Mode(f"{row} cuts", cut, "request", None, {}, False)
        scenario = bench.server.add(mode, [operation], seed=bench.seed)
        nonces = [f"{row}-{operation}-{each}" for each in range(0, size, 1 if bench.is_long else 9)]
        results = bench.bulk(bench.job(scenario, operation, nonces, options={"max_retries": 0, "timeout": 20}))
        calls = by_call(scenario, operation)
        for nonce in nonces:
            count += 1
            error = (results.get(nonce) or {}).get("error") or {}
            if error.get("kind") not in kinds:
                problems.append(f"{nonce}: {results.get(nonce)}")
            elif operation == "create" and error.get("delivery") != "maybe_sent":
                problems.append(f"{nonce}: {error.get('delivery')}: {error.get('text')}")
            elif len(calls.get(nonce, [])) != 1:
                problems.append(f"{nonce}: {len(calls.get(nonce, []))} requests")
        longest = max([longest, *lengths])
    if longest > size:
        problems.append(f"{longest} bytes are to be cut, and {size} were")
    bench.judge(row, demand, f"{count - len(problems)} of {count}", problems)


def fitting(bench):
    demand = "JSON cut at each byte, by a length that fits the cut: an error; of a create, maybe_sent, and once"
    cut_calls(bench, "F53", demand, 620, lambda x: x.body, lambda x, rest: iter([x.answer(x.status, rest)]), ("protocol",))


def resets(bench):
    demand = "RST at each byte of the head: an error; of a create, maybe_sent, and once"
    kinds = ("network", "truncated", "protocol")
    cut_calls(bench, "F11", demand, 80, lambda x: x.head(), lambda x, rest: iter([rest, RST] if rest else [RST]), kinds)


def by_byte(bench):
    problems = []
    for name, (operation, route, form) in FORMS.items():
        scenario = bench.server.add(pick=lambda x, form=form, route=route: by_byte_mode(form) if x.route == route else None)
        nonces = [f"R25-byte-{name}-{index}" for index in range(3)]
        url = scenario.base_of("other") + "/file/x-1"
        results = bench.bulk(bench.job(scenario, operation, nonces, options={"max_retries": 0, "timeout": 30}, url=url))
        for nonce in nonces:
            value = (results.get(nonce) or {}).get("value") or {}
            is_right = value.get("nonce") == nonce and (operation != "read" or value.get("bytes") == 400)
            if not is_right:
                problems.append(f"{nonce}: {(results.get(nonce) or {}).get('error')}")
    bench.judge("R25", "sent one byte a time: as when whole", f"{3 * len(FORMS)} answers", problems)


def streams(bench):
    """The first connection is cut; the second brings what follows. Every event comes once, none twice, none half."""
    good = b"".join(event(*row) for row in EVENTS) + event("4:0", "done", "{}")
    positions = range(0, len(good) - 1, 1 if bench.is_long else 6)

    def pick(x):
        if x.route != "stream" or x.scenario.count(x.request) > 1:
            return None
        position = int(x.request.call.rsplit("-", 1)[1])
        return cut_mode(len(x.head(length=None)) + position, lambda x: x.head(length=None).replace(b"1.1", b"1.0", 1) + events(x))

    scenario = bench.server.add(pick=pick)
    nonces = [f"R32-{each}" for each in positions]
    results = bench.bulk(bench.job(scenario, "stream", nonces, 32, options={"timeout": 60}))
    problems = []
    calls = by_call(scenario, "stream")
    for nonce in nonces:
        result = results.get(nonce) or {}
        data = [each["data"] for each in result.get("events") or []]
        if data != [*OUTPUT, "{}"] or result.get("error"):
            problems.append(f"{nonce}: {data}, {(result.get('error') or {}).get('text')}")
        if len(calls.get(nonce, [])) != 2 and int(nonce.rsplit("-", 1)[1]) < len(good) - 2:
            problems.append(f"{nonce}: {len(calls.get(nonce, []))} connections")
    bench.judge(
        "R32", "a stream cut at each byte goes on behind its last event: each once, none half", f"{len(nonces)} cuts", problems
    )


def run(bench):
    answers(bench)
    fitting(bench)
    resets(bench)
    by_byte(bench)
    streams(bench)
