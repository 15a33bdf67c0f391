"""The grid: each mode by each operation that can meet it, judged by the log of what came. Arguments: quick or long, then the
beginnings of the modes' names, if not all; `rows` for the tests of rows alone."""

import collections
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cells as table_of_cells  # noqa: E402
import judge  # noqa: E402
import modes  # noqa: E402
import rows  # noqa: E402
import workers  # noqa: E402
from server import Server  # noqa: E402


class Report:
    """Counts, and the lines that `make test-long` collects."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, problems):
        if problems:
            self.failed += 1
            print(f"FAILED {name}: {'; '.join(problems)}", flush=True)
        else:
            self.passed += 1

    @staticmethod
    def row(number, demand, measured, is_ok):
        print(f"row\t{number}\t{demand}\t{measured}\t{'ok' if is_ok else 'missed'}", flush=True)


def run_grid(server, report, wanted, is_long, seed):
    with tempfile.TemporaryDirectory() as folder:
        cells = table_of_cells.make(server, modes.TABLE, folder, seed, wanted, is_long)
        results, problems = workers.run([cell.given for cell in cells])
        for problem in problems:
            report.check("the grid's clients", [problem])
        doubtful = []
        verdicts = {}
        for cell in cells:
            result = results.get(cell.name)
            grave = list(judge.of_log(cell, result))
            verdicts[cell.name] = grave
            if not grave and list(judge.of_client(cell, result)):
                doubtful.append(cell)
        # What a machine under load may have spoiled is tried once more, with less beside it.
        again = {}
        for number, cell in enumerate(doubtful):
            again[cell.name] = table_of_cells.Cell(
                server, cell.mode, cell.operation, folder, seed, len(cells) + number + 1)
        results, problems = workers.run([cell.given for cell in again.values()], processes=1, concurrency=12)
        for problem in problems:
            report.check("the grid's clients, second time", [problem])
        for cell in cells:
            found = verdicts[cell.name]
            if cell.name in again:
                second, result = again[cell.name], results.get(cell.name)
                found = found + list(judge.of_log(second, result)) + list(judge.of_client(second, result))
            report.check(cell.name, found)
        print(f"grid: {len(cells)} cells, {len(doubtful)} tried twice", flush=True)
        leftovers = [name for name in os.listdir(folder) if not name.endswith(".bin")]
        report.check("temporary files of downloads", [f"{len(leftovers)} are left: {leftovers[:3]}"] if leftovers else [])
        families = collections.Counter(cell.mode.family for cell in cells)
        print(f"modes: {len(families)}", flush=True)
        return verdicts


def wait_for_closed(server, report, seconds=5):
    """Clients that are closed hold no connection."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        still = [each for each in server.open_connections() if each.ended_by is None]
        if not still:
            break
        time.sleep(0.05)
    report.check("connections at the end", [f"{len(still)} are open" for _ in [0] if still])


def main():
    is_long = sys.argv[1] == "long"
    wanted = sys.argv[2:]
    seed = int(os.environ.get("HOSTILE_SEED", "20251121"))
    print(f"seed {seed}", flush=True)
    report = Report()
    log = os.environ.get("HOSTILE_LOG")
    server = Server(log)
    start = time.monotonic()
    try:
        if wanted[:1] != ["rows"]:
            run_grid(server, report, wanted, is_long, seed)
            wait_for_closed(server, report)
            print(f"grid: {time.monotonic() - start:.1f} s", flush=True)
        if not wanted or wanted[0] == "rows":
            rows.run(rows.Bench(server, report, is_long, seed), wanted[1:])
            wait_for_closed(server, report)
            print(f"all: {time.monotonic() - start:.1f} s", flush=True)
    finally:
        server.close()
    print(f"hostile: {report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
