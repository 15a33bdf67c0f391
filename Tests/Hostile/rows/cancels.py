"""R7: a cancel is heard in every phase of a call, at once, and the library works on."""

import os
import tempfile
import time

import modes
import workers
from truth import CANARY

#: phase: mode, operation, routes, delivery, and what else the cell has.
PHASES = {
    "queue": ("F12", "get", ["get"], None, {"connections": 1, "before": 1}),
    "connect": ("F03", "create", ["create"], "not_sent", {}),
    # Whoever reads HTTP waits for the end of what is a hello of TLS.
    "tls": ("F05", "create", ["create"], "not_sent", {"is_tls": True}),
    "send": ("F19", "upload", ["upload"], "maybe_sent", {"size": 32 << 20}),
    "wait": ("F12", "create", ["create"], "maybe_sent", {}),
    "receive": ("F16", "get", ["get"], None, {}),
    "stream": ("F78", "stream", ["stream"], None, {}),
    "file": ("F16", "download", ["file"], None, {}),
    "backoff": ("F42", "get", ["get"], None, {}),
    "poll": ("F113", "run", ["get"], None, {}),
}


def cancels_of(scenario):
    """How many of the prediction's cancels came; they may still be on their way."""
    end = time.monotonic() + 3
    while time.monotonic() < end and not any(each.route == "cancel" for each in scenario.requests):
        time.sleep(0.02)
    return sum(each.route == "cancel" for each in scenario.requests)


def run(bench):
    rounds = 25 if bench.is_long else 3
    problems, times = [], []
    with tempfile.TemporaryDirectory() as folder:
        cells, scenarios = [], []
        for index in range(rounds):
            for phase, (mode, operation, routes, delivery, more) in PHASES.items():
                scenario = bench.server.add(modes.TABLE[mode], routes, seed=bench.seed)
                scenarios.append(scenario)
                cells.append(
                    {
                        "name": f"{phase} {index}",
                        "operation": operation,
                        "base_url": scenario.base_url,
                        "scenario": scenario.id,
                        "nonce": f"R7-{phase}-{index}",
                        "token": CANARY,
                        "after": 0.15,
                        "control": f"http://127.0.0.1:{bench.server.ports['control']}/v1",
                        "url": scenario.base_of("other") + "/file/x.bin",
                        "path": os.path.join(folder, f"{phase}-{index}.bin"),
                        "delivery": delivery,
                        **more,
                    }
                )
                if cells[-1].pop("is_tls", False):
                    cells[-1].update(base_url=scenario.base_url.replace("http:", "https:"), plain_url=scenario.base_url)
        results, problems = workers.run(cells, processes=4, script="cancel.lua")
        for cell in cells:
            result = results.get(cell["name"])
            if result is None:
                problems.append(f"{cell['name']}: no result")
                continue
            times.append(result["seconds"])
            for is_wrong, text in (
                (result["was_early"], "it ended before it was canceled"),
                (result.get("kind") != "canceled", f"kind {result.get('kind')}"),
                (not result["plain"], f"the call after it failed: {result.get('problem')}"),
                (cell["delivery"] and result.get("delivery") != cell["delivery"], f"delivery {result.get('delivery')}"),
            ):
                if is_wrong:
                    problems.append(f"{cell['name']}: {text}")
        problems += [f"{name} is left" for name in os.listdir(folder)]
    runs = [scenario for cell, scenario in zip(cells, scenarios, strict=True) if cell["operation"] == "run"]
    counts = [cancels_of(scenario) for scenario in runs]
    bench.judge(
        "R8",
        "a run that is canceled: exactly one cancel POST",
        f"{counts.count(1)} of {len(counts)} runs",
        [f"{count} cancels" for count in counts if count != 1],
    )
    times.sort()
    late = times[int(len(times) * 0.99) - 1] if times else 99
    # What a machine under load adds is not the library's.
    if late > (0.2 if bench.is_long else 1):
        problems.append(f"the slowest took {late:.3f} s")
    end = time.monotonic() + 3
    while time.monotonic() < end and any(bench.server.open_connections(each) for each in scenarios):
        time.sleep(0.05)
    problems += [f"a connection of scenario {each.id} is open" for each in scenarios if bench.server.open_connections(each)]
    bench.judge(
        "R7",
        f"a cancel in {len(PHASES)} phases: back in 200 ms at p99, sockets to baseline, the next call passes",
        f"{len(times)} runs, p99 {late * 1000:.0f} ms",
        problems,
    )
