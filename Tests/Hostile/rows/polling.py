"""R9: a run is polled to its end though three looks of ten fail; never two at once, never sooner than it should be."""

import random

import modes
import workers
from rows import by_call
from truth import CANARY

FAULTS = ["F10", "F20", "F22", "F40", "F41", "F42", "F50", "F53/5", "F11/status"]


def run(bench):
    runs, polls = (100, 500) if bench.is_long else (8, 25)
    choice = random.Random(bench.seed)
    failed = {}

    def pick(x):
        # Two in a row are what two retries get over.
        if x.route != "get" or choice.random() > 0.3 or failed.get(x.request.call, 0) >= 2:
            failed[x.request.call] = 0
            return None
        failed[x.request.call] = failed.get(x.request.call, 0) + 1
        return modes.TABLE[choice.choice(FAULTS)]

    interval = 0.05
    scenarios, jobs = [], []
    for index in range(runs):
        scenarios.append(bench.server.add(pick=pick, args={"polls": polls}))
        jobs.append((f"R9-{index}", scenarios[-1]))
    cells = [
        {
            "name": nonce,
            "operation": "run",
            "base_url": scenario.base_url,
            "scenario": scenario.id,
            "nonce": nonce,
            "token": CANARY,
            "plain": False,
            "options": {"timeout": 900, "poll_interval": interval},
        }
        for nonce, scenario in jobs
    ]
    results, problems = workers.run(cells, concurrency=64, timeout=1200)
    right = looks = 0
    for nonce, scenario in jobs:
        value = (results.get(nonce) or {}).get("value") or {}
        if value.get("status") == "succeeded":
            right += 1
        else:
            problems.append(f"{nonce}: {((results.get(nonce) or {}).get('error') or {}).get('text')}")
        requests = by_call(scenario, "get").get(nonce, [])
        looks += len(requests)
        for before, after in zip(requests, requests[1:], strict=False):
            gap = (after.time - before.time) / 1e9
            # A retry of one look has its own, random delay.
            if before.mode is None and gap < interval - 0.01:
                problems.append(f"{nonce}: a look after {gap * 1000:.0f} ms")
            if before.finished is None or before.finished > after.time + 2_000_000:
                problems.append(f"{nonce}: two looks at once")
    bench.judge(
        "R9",
        f"runs of {polls} polls, 30 % of them faulted: right, one look at a time, none too soon",
        f"{right} of {runs} right, {looks} looks",
        problems,
    )
