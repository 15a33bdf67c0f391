"""R2 to R5: how often, with which bytes, and when something is tried again."""

import email.utils
import time

import workers
from modes import Mode
from replies import hash_of
from rows import by_call
from truth import CANARY


def answers(status, *fields, body=None):
    """A mode that gives this answer."""
    body = {"detail": "not now", "status": status} if body is None else body

    def run(x):
        yield x.answer(status, body, *[field() if callable(field) else field for field in fields])

    return Mode(f"status {status}", run, "request", None, {}, False)


ROUTES = ("get", "create", "upload", "cancel", "delete")
#: What was sent within the deadline may be told of so much later.
LATE = 0.15


def attempts(bench):
    """R2: k + 1 requests, never more, and none after the deadline."""
    problems, count = [], 0
    again = answers(429, "Retry-After: 0")
    jobs, scenarios = [], {}
    for retries in (0, 1, 2, 5):
        scenario = bench.server.add(pick=lambda x: again)
        for operation in ROUTES:
            nonce = f"R2-{retries}-{operation}"
            scenarios[nonce] = scenario, retries
            jobs.append(bench.job(scenario, operation, [nonce], options={"max_retries": retries, "timeout": 30}))
    results = bench.bulk(*jobs)
    for nonce, (scenario, retries) in scenarios.items():
        count += 1
        requests = len(by_call(scenario).get(nonce, []))
        told = ((results.get(nonce) or {}).get("error") or {}).get("attempts")
        if requests != retries + 1 or told != requests:
            problems.append(f"{nonce}: {requests} requests, and the error says {told}")
    bench.judge("R2", "max_retries = k: k + 1 requests", f"{count - len(problems)} of {count}", problems)

    late = []
    scenario = bench.server.add(pick=lambda x: answers(503, "Retry-After: 0"))
    nonces = [f"R2-late-{index}" for index in range(40)]
    results = bench.bulk(bench.job(scenario, "get", nonces, 40, options={"max_retries": 100, "timeout": 1}))
    for nonce, requests in by_call(scenario).items():
        start = (results.get(nonce) or {}).get("start", 0)
        late += [f"{nonce}: {each.time / 1e9 - start:.2f} s" for each in requests if each.time / 1e9 > start + 1 + LATE]
        seconds = (results.get(nonce) or {}).get("seconds", 99)
        if seconds > 2:
            late.append(f"{nonce} took {seconds:.2f} s")
    bench.judge("R2", f"0 requests after the deadline (and {LATE:g} s that one may be on its way)", f"{len(late)} late", late)


def hash_but_for_boundary(request):
    """libcurl draws the boundary of a form anew for each try."""
    boundary = request.headers.get("content-type", "").partition("boundary=")[2].encode()
    return hash_of(request.body.replace(boundary, b"boundary") if boundary else request.body)


def same_bytes(bench):
    """R3: each try of a create and of an upload has the same body."""
    count = 100 if bench.is_long else 10
    problems = []

    def pick(x):
        return answers(429, "Retry-After: 0") if x.scenario.count(x.request) < 3 else None

    scenario = bench.server.add(pick=pick)
    nonces = [f"R3-{index}" for index in range(count)]
    options = {"max_retries": 2, "timeout": 30}
    bench.bulk(
        bench.job(scenario, "create", nonces, options=options),
        bench.job(scenario, "upload", [f"{each}-file" for each in nonces], options=options, size=300_000),
    )
    calls = by_call(scenario, "create", "upload")
    for nonce, requests in calls.items():
        hashes = {hash_but_for_boundary(each) for each in requests}
        if len(requests) != 3 or len(hashes) != 1:
            problems.append(f"{nonce}: {len(requests)} tries, {len(hashes)} different bodies")
    if len(calls) != 2 * count:
        problems.append(f"{len(calls)} calls of {2 * count} came")
    bench.judge(
        "R3",
        "the same bytes in every try, multipart too (but for its boundary)",
        f"{len(calls) - len(problems)} of {2 * count}",
        problems,
    )


def date(offset, form="imf"):
    moment = time.time() + offset
    if form == "imf":
        return email.utils.formatdate(moment, usegmt=True)
    form = "%A, %d-%b-%y %H:%M:%S GMT" if form == "rfc850" else "%a %b %e %H:%M:%S %Y"
    return time.strftime(form, time.gmtime(moment))


#: Of a date in whole seconds up to one is lost; jitter and backoff add to what was asked for, at most half a second.
BACKOFF = (0, 1.0)
AT_ONCE = None
WAITS = {
    "0": (["Retry-After: 0"], (0, 0.5)),
    "1": (["Retry-After: 1"], (1, 1.5)),
    "2": (["Retry-After: 2"], (2, 2.5)),
    "0.5": (["Retry-After: 0.5"], (0.5, 1.0)),
    "007": (["Retry-After: 001"], (1, 1.5)),
    "spaces": (["Retry-After:   1  "], (1, 1.5)),
    "case": (["RETRY-AFTER: 1"], (1, 1.5)),
    "minus": (["Retry-After: -1"], BACKOFF),
    "plus": (["Retry-After: +1"], (0, 1.5)),
    "word": (["Retry-After: soon"], BACKOFF),
    "empty": (["Retry-After:"], BACKOFF),
    "nan": (["Retry-After: nan"], BACKOFF),
    "inf": (["Retry-After: inf"], BACKOFF),
    "exponent": (["Retry-After: 1e1"], BACKOFF),
    "hex": (["Retry-After: 0x10"], BACKOFF),
    "comma": (["Retry-After: 1,5"], BACKOFF),
    "list": (["Retry-After: 1, 2"], (0, 1.5)),
    "none": ([], BACKOFF),
    "cap": (["Retry-After: 61"], AT_ONCE),
    "hour": (["Retry-After: 3600"], AT_ONCE),
    "day": (["Retry-After: 86400"], AT_ONCE),
    "2^63": (["Retry-After: 9223372036854775808"], AT_ONCE),
    "digits": (["Retry-After: " + "9" * 400], (0, 1.0)),
    "imf": ([lambda: "Retry-After: " + date(3)], (1.9, 3.5)),
    "rfc850": ([lambda: "Retry-After: " + date(3, "rfc850")], (1.9, 3.5)),
    "asctime": ([lambda: "Retry-After: " + date(3, "asctime")], (1.9, 3.5)),
    "past": ([lambda: "Retry-After: " + date(-60)], BACKOFF),
    "1970": (["Retry-After: Thu, 01 Jan 1970 00:00:00 GMT"], BACKOFF),
    "far": ([lambda: "Retry-After: " + date(86400)], AT_ONCE),
    "9999": (["Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"], AT_ONCE),
    "by-date-header": ([lambda: "Date: " + date(-86400), lambda: "Retry-After: " + date(-86398)], (1.9, 2.5)),
    "ahead": ([lambda: "Date: " + date(86400), lambda: "Retry-After: " + date(86402)], (1.9, 2.5)),
}


def retry_after(bench):
    """R4: each wait within half a second of what was asked for; what is too long is told at once, with its value."""
    problems, jobs, scenarios = [], [], {}
    for name, (fields, _) in WAITS.items():
        for status, operation in ((429, "create"), (503, "get")):
            mode = answers(status, *fields)
            nonce = f"R4-{name}-{status}"
            scenarios[nonce] = name, bench.server.add(mode=mode, routes=[operation], times=1)
            jobs.append((nonce, scenarios[nonce][1], operation))
    results = run_apart(bench, jobs)
    for nonce, (name, scenario) in scenarios.items():
        due = WAITS[name][1]
        requests = by_call(scenario).get(nonce, [])
        result = results.get(nonce) or {}
        error = result.get("error") or {}
        if due is AT_ONCE:
            if len(requests) != 1 or result.get("seconds", 99) > 1.5 or not error.get("retry_after"):
                problems.append(
                    f"{nonce}: {len(requests)} requests, {result.get('seconds')} s, retry_after {error.get('retry_after')}"
                )
            continue
        gap = (requests[1].time - requests[0].time) / 1e9 if len(requests) == 2 else -1
        # A machine under load, as that of the quick run is, adds to it; nothing may take from it.
        if not due[0] - 0.05 <= gap <= due[1] + (0 if bench.is_long else 0.5):
            problems.append(f"{nonce}: {gap:.2f} s, where {due[0]} to {due[1]} are due")
    bench.judge(
        "R4",
        f"a table of {len(WAITS)} Retry-Afters, by 429 and 503",
        f"{len(scenarios) - len(problems)} of {len(scenarios)}",
        problems,
    )


def run_apart(bench, jobs):
    """Each call with a client of its own, all at once."""
    cells = [
        {
            "name": nonce,
            "operation": operation,
            "base_url": scenario.base_url,
            "scenario": scenario.id,
            "nonce": nonce,
            "token": CANARY,
            "plain": False,
            "options": {"timeout": 12, "max_retries": 1},
        }
        for nonce, scenario, operation in jobs
    ]
    results, problems = workers.run(cells, processes=1, concurrency=64)
    for problem in problems:
        bench.report.check("a client of the rows", [problem])
    return results


def fullest_slot(bench, count):
    """Calls that fail at one instant; how many came again, and the largest share of them in 50 ms."""
    scenario = bench.server.add(pick=lambda x: answers(503) if x.scenario.count(x.request) == 1 else None)
    nonces = [f"R5-{index}" for index in range(count)]
    bench.bulk(bench.job(scenario, "get", nonces, count, options={"timeout": 30, "connections_per_host": count}))
    slots, total = {}, 0
    for requests in by_call(scenario).values():
        if len(requests) >= 2:
            total += 1
            slot = int((requests[1].time - requests[0].finished) / 5e7)
            slots[slot] = slots.get(slot, 0) + 1
    return total, max(slots.values(), default=0) / max(total, 1)


def jitter(bench):
    """R5. A machine under load heaps up what was spread: the best of three counts, and in the quick variant 25 % will do."""
    count = 500 if bench.is_long else 200
    limit = 0.15 if bench.is_long else 0.25
    shares = []
    for _ in range(3):
        total, share = fullest_slot(bench, count)
        shares.append(share if total == count else 1)
        if shares[-1] <= limit:
            break
    best = min(shares)
    bench.judge(
        "R5",
        f"first retries of {count} calls of one client (in place of 500 clients) spread: no 50 ms hold over {limit:.0%}, in the best of up to three runs",
        f"{', '.join(f'{each:.1%}' for each in shares)} in the fullest",
        [] if best <= limit else [f"{total} of {count} came again, {best:.1%} in one slot"],
    )


def run(bench):
    attempts(bench)
    same_bytes(bench)
    retry_after(bench)
    jitter(bench)
