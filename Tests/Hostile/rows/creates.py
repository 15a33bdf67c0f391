"""R1, F126: creates whose answers are lost, cut, or bad, thousands of them. The log counts what came whole."""

import random

import judge
import modes
from rows import by_call

#: What may meet the request of a create; and a connection before one is read.
REQUESTS = [
    "F10",
    "F10/fin",
    "F11/status",
    "F11/line",
    "F11/last-reset",
    "F20",
    "F21",
    "F22",
    "F22/reset",
    "F23/word",
    "F26",
    "F40",
    "F41",
    "F42",
    "F43/0",
    "F43/0",
    "F47/408",
    "F48/422",
    "F49",
    "F50",
    "F53/5",
    "F61/at-once",
    "F61/reset",
    "F34/word",
    "F52/comma",
]
CONNECTIONS = ["F02", "F04"]


def lost_answers(bench, count):
    """Every third create is processed, and then its connection is reset."""
    numbers = iter(range(1, 1 << 30))

    def pick(x):
        return modes.TABLE["F10"] if x.route == "create" and next(numbers) % 3 == 0 else None

    return run_with(bench, "F126", "lost answers", count, pick, None)


def random_modes(bench, count):
    choice = random.Random(bench.seed)

    def pick(x):
        return modes.TABLE[choice.choice(REQUESTS)] if x.route == "create" and choice.random() < 0.7 else None

    def pick_connection():
        return modes.TABLE[choice.choice(CONNECTIONS)] if choice.random() < 0.1 else None

    return run_with(bench, "R1", "random modes", count, pick, pick_connection)


def run_with(bench, row, what, count, pick, pick_connection):
    scenario = bench.server.add(pick=pick, pick_connection=pick_connection)
    nonces = [f"{row}-{index}" for index in range(count)]
    options = {"max_retries": 2, "timeout": 60}
    results = bench.bulk(bench.job(scenario, "create", nonces, 32, options=options), timeout=900)
    calls = by_call(scenario, "create")
    doubles, wrong, deliveries = [], [], {}
    for nonce in nonces:
        requests = calls.get(nonce, [])
        # A 429 is a no; of the others each may have made something.
        accepted = [each for each in requests if each.is_whole and each.status != 429]
        if len(accepted) > 1:
            doubles.append(f"{nonce}: {[each.mode for each in requests]}")
        result = results.get(nonce)
        if result is None:
            wrong.append(f"{nonce}: no result")
            continue
        problem = problem_of(result, requests)
        if problem:
            wrong.append(f"{nonce}: {problem}, {[(each.mode, each.status) for each in requests]}")
        delivery = (result.get("error") or {}).get("delivery", "value")
        deliveries[delivery] = deliveries.get(delivery, 0) + 1
    shown = ", ".join(f"{number} {name}" for name, number in sorted(deliveries.items()))
    bench.judge(row, f"0 doubles in {count} faulted creates ({what})", f"{len(doubles)} doubles; {shown}", doubles)
    bench.judge(row, f"delivery right in 100 % ({what})", f"{count - len(wrong)} of {count}", wrong)


def problem_of(result, requests):
    """None of these modes redirects: a status is 2xx, 4xx or 5xx, or there is none."""
    error = result.get("error")
    if error is None:
        is_right = result["value"].get("nonce") == result["name"] and requests and requests[-1].status in (200, 201)
        return None if is_right else "a value that nobody sent"
    return next(judge.of_delivery(error, requests), None)


def run(bench):
    lost_answers(bench, 10_000 if bench.is_long else 500)
    random_modes(bench, 10_000 if bench.is_long else 500)
