"""F118: a list whose pages never end, read for long: each page once, and memory stays flat."""

import itertools

from modes import Mode

ROOM = 4 << 10


def run(bench):
    count = 40_000 if bench.is_long else 1_000
    numbers = itertools.count(2)

    def endless(x):
        url = f"{x.scenario.base_of('api')}/v1/predictions?cursor={next(numbers)}"
        yield x.answer(200, {"next": url, "previous": None, "results": [{"id": "p1", "status": "succeeded"}]})

    scenario = bench.server.add(Mode("pages", endless, "request", None, {}, False), ["list"])
    plain = bench.job(bench.server.add(), "pages", ["F118-plain"], name="plain", most=1)
    job = bench.job(scenario, "pages", ["F118"], name="pages", most=count, options={"timeout": 60})
    results = bench.bulk(plain, job, timeout=900)
    result, memory = results.get("F118") or {}, results.get("job pages") or {}
    value, grown = result.get("value") or {}, memory.get("peak", 1 << 30) - memory.get("before", 0)
    problems = []
    if value.get("count") != count or len(scenario.requests) != count:
        problems.append(f"{value.get('count')} of {count} pages in {len(scenario.requests)} requests: {result.get('error')}")
    if bench.is_long and grown > ROOM:
        problems.append(f"{grown} KiB more")
    bench.judge(
        "F118",
        f"{count:,} pages (in place of 1,000,000), each with a next one: each asked for once, memory flat within 4 MiB",
        f"{value.get('count')} pages, {len(scenario.requests)} requests, {grown} KiB more",
        problems,
    )
