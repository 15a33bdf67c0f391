"""R29: answers before the answer, few and many."""

from modes import Mode

COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
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
    counts = range(1, 1001, 7) if bench.is_long else COUNTS
    nonces = [f"R29-{status}-{count}" for status in LINES for count in counts]
    results = bench.bulk(bench.job(scenario, "get", nonces, 16, options={"timeout": 20, "max_retries": 0}))
    problems, most = [], 0
    for status in LINES:
        has_failed = False
        for count in counts:
            result = results.get(f"R29-{status}-{count}") or {}
            if (result.get("value") or {}).get("nonce") == f"R29-{status}-{count}":
                most = max(most, count)
                if has_failed:
                    problems.append(f"{count} x {status} pass, where fewer did not")
            else:
                has_failed = True
                kind = (result.get("error") or {}).get("kind")
                if kind != "protocol" or count <= 10:
                    problems.append(f"{count} x {status}: {(result.get('error') or {}).get('text')}")
    bench.judge("R29", "1 to 1,000 interim answers: the right one behind them, or an error from a count on", f"up to {most} pass", problems)
