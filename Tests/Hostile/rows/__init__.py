"""The rows of the table of promises that are more than a cell of the grid. Each module has `run(bench)`."""

import importlib

import workers
from truth import CANARY

NAMES = ["creates", "retries", "deadlines", "cancels", "polling", "cuts", "raw_answers", "floods", "kept", "interim", "tokens"]


class Bench:
    def __init__(self, server, report, is_long, seed):
        self.server, self.report, self.is_long, self.seed = server, report, is_long, seed

    def job(self, scenario, operation, nonces, concurrency=32, name=None, **more):
        """For bulk.lua. Options of the client are in `options`; the rest is the call's."""
        return {
            "name": name or operation, "operation": operation, "base_url": scenario.base_url, "token": CANARY, "nonces": list(nonces),
            "concurrency": concurrency, **more,
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
    for name in NAMES:
        if not wanted or name in wanted:
            importlib.import_module(f"rows.{name}").run(bench)


def by_call(scenario, *routes):
    """The requests of each call, in their order."""
    calls = {}
    for request in list(scenario.requests):
        if not routes or request.route in routes:
            calls.setdefault(request.call, []).append(request)
    return calls
