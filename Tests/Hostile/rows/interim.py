"""R29: answers before the answer, few and many."""

from modes import Mode

#: What the header publishes.
PUBLISHED = 32
COUNTS = [1, 2, 5, 10, 20, 31, 32, 33, 34, 50, 100, 200, 500, 1000]
LINES = {100: b"100 Continue", 102: b"102 Processing", 103: b"103 Early Hints\r\nLink: </a>; rel=preload"}


def run(bench):
    def pick(x):
        if x.route != "get":
            return None
        _, status, count = x.request.nonce.rsplit("-", 2)

        def generator(x):
            yield (b"HTTP/1.1 " + LINES[int(status)] + b"\r\n\r\n") * int(count)
            yield x.good()

        return Mode("interim", generator, "request", None, {}, False)

    scenario = bench.server.add(pick=pick)
    counts = sorted({*COUNTS, *range(1, 1001, 7)}) if bench.is_long else COUNTS
    nonces = [f"R29-{status}-{count}" for status in LINES for count in counts]
    results = bench.bulk(bench.job(scenario, "get", nonces, 16, options={"timeout": 20, "max_retries": 0}))
    problems, most = [], 0
    for nonce in nonces:
        result, count = results.get(nonce) or {}, int(nonce.rsplit("-", 1)[1])
        error = result.get("error") or {}
        if (result.get("value") or {}).get("nonce") == nonce:
            most = max(most, count)
            if count > PUBLISHED:
                problems.append(f"{nonce}: it passed")
        elif count <= PUBLISHED or error.get("kind") != "protocol":
            problems.append(f"{nonce}: {error.get('text')}")
    bench.judge(
        "R29",
        f"1 to 1,000 interim answers: {PUBLISHED} pass, more are an error",
        f"{len(nonces)} answers, up to {most} pass",
        problems,
    )
