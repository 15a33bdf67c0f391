"""F68, F78: what waits does not work. The processor's time of a whole process, while a line is slow or silent."""

import modes
import workers

#: mode, operation, route, seconds that it lasts at least, options, and more of the call.
WAITS = {
    "a slow download": ("F68", "read", "file", 1.8, {"timeout": 20}, {}),
    "a slow upload": ("F68", "upload", "upload", 3.5, {"timeout": 20}, {"size": 40_000}),
    "a silent stream": ("F78", "stream", "stream", 3.9, {"timeout": 4}, {}),
    "a stream of comments": ("F78/comments", "stream", "stream", 3.9, {"timeout": 4}, {}),
    "no answer": ("F12", "get", "get", 3.9, {"timeout": 4}, {}),
}


def run(bench):
    # A busy machine makes all work longer; and of a few seconds the beginning is a part.
    limit = 0.01 if bench.is_long else 0.03
    jobs = []
    for name, (mode, operation, route, _, options, more) in WAITS.items():
        scenario = bench.server.add(modes.TABLE[mode], [route], seed=bench.seed)
        url = scenario.base_of("other") + "/file/x.bin"
        jobs.append(bench.job(scenario, operation, [f"idle {name}"], name=name, options=options, url=url, **more))
    results, problems = workers.run(jobs, processes=len(jobs), script="bulk.lua")
    said = []
    for name, (_, _, _, least, _, _) in WAITS.items():
        result, told = results.get(f"job {name}") or {}, results.get(f"idle {name}") or {}
        lasted, worked = result.get("lasted", 0), result.get("worked", 99)
        said.append(f"{name}: {worked * 1000:.0f} ms of {lasted:.1f} s")
        if lasted < least:
            problems.append(f"{name}: it lasted {lasted:.1f} s: {told.get('error') or told.get('value')}")
        elif worked > limit * lasted:
            problems.append(f"{name}: {worked / lasted:.1%} of a processor")
    bench.judge("F78", f"F68, F78: under {limit:.0%} of a processor while it waits", "; ".join(said), problems)
