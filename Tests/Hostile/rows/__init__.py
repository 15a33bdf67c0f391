"""The rows of the table of promises that are more than a cell of the grid. Each module has `run(bench)`."""

import importlib
import os
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import workers
from truth import CANARY

NAMES = ["creates", "retries", "deadlines", "cancels", "polling", "cuts", "raw_answers", "floods", "kept", "interim", "tokens"]
NAMES += ["sse", "bombs", "flows", "resume", "pages", "latency", "idle"]

#: Of these, those that wait more than they work.
WAITING = ["retries", "polling", "idle"]


class Bench:
    def __init__(self, server, report, is_long, seed):
        self.server, self.report, self.is_long, self.seed = server, report, is_long, seed

    def job(self, scenario, operation, nonces, concurrency=32, name=None, **more):
        """For bulk.lua. Options of the client are in `options`; the rest is the call's."""
        return {
            "name": name or operation,
            "operation": operation,
            "base_url": scenario.base_url,
            "token": CANARY,
            "nonces": list(nonces),
            "concurrency": concurrency,
            **more,
        }

    def bulk(self, *jobs, timeout=300):
        """Runs jobs one after the other in one process: results by nonce."""
        results, problems = workers.run(list(jobs), processes=1, script="bulk.lua", timeout=timeout)
        for problem in problems:
            self.report.check("a client of the rows", [problem])
        return results

    def judge(self, row, demand, measured, problems):
        """A row, and a check that says what was wrong with it."""
        self.report.row(row, demand, measured, not problems)
        shown = problems if len(problems) < 5 else [*problems[:4], f"and {len(problems) - 4} more"]
        self.report.check(f"{row} {demand}", shown)


def run(bench, wanted=()):
    """The quick variant runs what mostly waits beside the others; the long one measures, and has one at a time."""
    names = [name for name in NAMES if not wanted or name in wanted]
    lanes = (
        [names]
        if bench.is_long
        else [[name for name in names if name in WAITING], [name for name in names if name not in WAITING]]
    )
    with ThreadPoolExecutor(len(lanes)) as pool:
        list(pool.map(lambda lane: run_lane(bench, lane), lanes))


def run_lane(bench, names):
    for name in names:
        start = time.monotonic()
        try:
            importlib.import_module(f"rows.{name}").run(bench)
        except Exception as error:  # a row's own fault is a failure of that row, and not the end of the others
            traceback.print_exc()
            goes_on()
            bench.report.check(name, [f"{type(error).__name__}: {error}"])
        print(f"{name}: {time.monotonic() - start:.1f} s", flush=True)


def goes_first(policy=os.SCHED_RR, priority=1):
    """For what is measured: this thread and the processes that it starts come before whatever else runs; whether they may."""
    try:
        os.sched_setscheduler(0, policy, os.sched_param(priority))
    except OSError:
        return False
    return True


def goes_on():
    """As all others do."""
    goes_first(os.SCHED_OTHER, 0)


def by_call(scenario, *routes):
    """The requests of each call, in their order."""
    calls = {}
    for request in list(scenario.requests):
        if not routes or request.route in routes:
            calls.setdefault(request.call, []).append(request)
    return calls
