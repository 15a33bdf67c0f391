"""R28: the server ends the kept connection at the instant of its reuse."""

import random

from exchange import CLOSE, Pause
from modes import Mode
from rows import by_call


def run(bench):
    count = 1000 if bench.is_long else 150
    choice = random.Random(bench.seed)

    def generator(x):
        yield x.good()
        # Now and then it is gone before the next request, with it, or behind it.
        if choice.random() < 0.7:
            yield Pause(choice.choice([0, 0, 0.0001, 0.0003, 0.0006, 0.001]))
        yield CLOSE

    mode = Mode("race", generator, "request", None, {}, False)
    reads = bench.server.add(mode, ["get"])
    creates = bench.server.add(mode, ["create"])
    names = {"get": [f"R28-get-{n}" for n in range(count)], "create": [f"R28-create-{n}" for n in range(count)]}
    options = {"timeout": 20}
    results = bench.bulk(
        bench.job(reads, "get", names["get"], 1, options=options),
        bench.job(creates, "create", names["create"], 1, options=options),
    )
    wrong = [
        f"{nonce}: {(results.get(nonce) or {}).get('error')}"
        for nonce in names["get"]
        if ((results.get(nonce) or {}).get("value") or {}).get("nonce") != nonce
    ]
    bench.judge("R28", "GET on a connection that ends at that instant", f"{count - len(wrong)} of {count} right", wrong)
    problems, unsure = [], 0
    calls = by_call(creates, "create")
    for nonce in names["create"]:
        requests, result = calls.get(nonce, []), results.get(nonce) or {}
        if sum(each.is_whole for each in requests) > 1:
            problems.append(f"{nonce} came twice")
        error = result.get("error")
        if error:
            unsure += 1
            if error.get("delivery") == "not_sent" and requests:
                problems.append(f"{nonce}: not_sent, but it came")
        elif (result.get("value") or {}).get("nonce") != nonce:
            problems.append(f"{nonce}: {result}")
    bench.judge("R28", "POST likewise: no doubles", f"{count} creates, {unsure} of them unsure", problems)
