"""R34: streams whose connections are cut again and again at any byte, by servers that heed Last-Event-ID and by some that do not:
no event comes twice, and none is lost. And the reconnections that the standard tells of: which id is asked with."""

import random

from exchange import FIN, RST
from modes import Mode
from rows import by_call

DONE = b"event: done\ndata: {}\n\n"


def block(identifier, text):
    start = b"" if identifier is None else b"id: %s\n" % identifier.encode()
    return start + b"event: output\ndata: %s\n\n" % text.encode()


class Script:
    """One stream: its events, and where each connection ends, in bytes of what it brings; the last one has no end."""

    def __init__(self, choice, kind):
        self.kind = kind
        count = choice.randint(1, 30)
        self.texts = [choice.choice(["a", "b", "\u00e9", "word ", ""]) + str(n % 3) for n in range(count)]
        self.ids = [None if kind == "no ids" else f"{n}:{choice.randint(0, 9)}" for n in range(count)]
        self.cuts = [choice.randint(0, 25 * count) for _ in range(choice.randint(1, 4))]
        self.how = choice.choice([FIN, FIN, RST])
        self.newline = choice.choice([b"\n", b"\r\n", b"\r"])

    def answer(self, x):
        start, last = 0, x.request.headers.get("last-event-id")
        if self.kind == "heeds the id" and last in self.ids:
            start = self.ids.index(last) + 1
        data = b"".join(block(*each) for each in list(zip(self.ids, self.texts))[start:]) + DONE
        data = (b"retry: 5\n" + data).replace(b"\n", self.newline)
        number = x.scenario.count(x.request) - 1
        yield x.head(status=200, length=None).replace(b"HTTP/1.1", b"HTTP/1.0")
        if number < len(self.cuts):
            yield data[: self.cuts[number]]
            if self.cuts[number] < len(data) or self.how is FIN:
                yield self.how
        else:
            yield data
        yield FIN


def random_cuts(bench):
    choice = random.Random(bench.seed)
    kinds = ["heeds the id", "begins anew", "no ids"]
    scripts = {f"R34-{n}": Script(choice, kinds[n % 3]) for n in range(1500 if bench.is_long else 90)}

    def pick(x):
        return Mode("cuts", scripts[x.request.call].answer, "request", None, {}, False) if x.route == "stream" else None

    scenario = bench.server.add(pick=pick)
    results = bench.bulk(bench.job(scenario, "stream", scripts, 32, options={"timeout": 120}), timeout=900)
    problems, lost, doubled, connections = [], 0, 0, 0
    calls = by_call(scenario, "stream")
    for nonce, script in scripts.items():
        result = results.get(nonce) or {}
        got, wanted = [each["data"] for each in result.get("events") or []], [*script.texts, "{}"]
        connections += len(calls.get(nonce, []))
        if got == wanted and not result.get("error"):
            continue
        lost += max(0, len(wanted) - len(got))
        doubled += max(0, len(got) - len(wanted))
        why = (result.get("error") or {}).get("text")
        problems.append(f"{nonce} ({script.kind}, cut at {script.cuts}): {len(got)} of {len(wanted)} events, {why}")
    bench.judge(
        "R34",
        "streams cut at random bytes, up to four times, by servers that heed Last-Event-ID and that do not: 0 doubled, 0 lost",
        f"{len(scripts)} streams over {connections} connections: {doubled} doubled, {lost} lost, {len(problems)} wrong",
        problems,
    )


#: What the first connection brings before it ends, and the Last-Event-ID that the second asks with.
ASKED = [
    (block("1", "a"), "1"),
    (block("1", "a") + b"id: 2\ndata: b", "1"),
    (block("1", "a") + b"id: 2\ndata: b\n", "1"),
    (block("1", "a") + b": a comment\n\n", "1"),
    (block("1", "a") + block(None, "b"), "1"),
    (block("1", "a") + b"id: 3\0\nevent: output\ndata: b\n\n", "1"),
    (block("1", "a") + b"id\nevent: output\ndata: b\n\n", None),
    (block("1", "a") + b"id:\nevent: output\ndata: b\n\n", None),
    (block(None, "a"), None),
    (b": a comment\n\n", None),
    (b"", None),
    (block("1", "a") + b"id: \xc3\xa9 z\nevent: output\ndata: b\n\n", "\u00e9 z"),
    (block("a b", "a"), "a b"),
]


def asked(bench):
    def pick(x):
        if x.route != "stream":
            return None
        data = ASKED[int(x.request.call.rsplit("-", 1)[1])][0]

        def generator(x):
            yield x.head(status=200, length=None).replace(b"HTTP/1.1", b"HTTP/1.0")
            yield b"\xef\xbb\xbfretry: 5\n" + (data if x.scenario.count(x.request) == 1 else DONE)
            yield FIN

        return Mode("asked", generator, "request", None, {}, False)

    scenario = bench.server.add(pick=pick)
    nonces = [f"R34-asked-{n}" for n in range(len(ASKED))]
    results = bench.bulk(bench.job(scenario, "stream", nonces, 16, options={"timeout": 60}))
    calls, problems = by_call(scenario, "stream"), []
    for nonce, (data, wanted) in zip(nonces, ASKED):
        requests = calls.get(nonce, [])
        seen = [each.headers.get("last-event-id") for each in requests]
        # A head is read as Latin-1; what was sent in it is UTF-8.
        seen = [each and each.encode("latin-1").decode() for each in seen]
        if seen != [None, wanted]:
            problems.append(f"{data}: asked with {seen}, not {wanted}")
        if (results.get(nonce) or {"error": "no result"}).get("error"):
            problems.append(f"{data}: {(results.get(nonce) or {}).get('error')}")
    bench.judge(
        "R34", "the second connection asks with the id of the last whole event", f"{len(ASKED)} beginnings of streams", problems
    )


def run(bench):
    random_cuts(bench)
    asked(bench)
