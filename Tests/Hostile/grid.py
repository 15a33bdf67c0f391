"""The grid: each mode by each operation that can meet it, judged by the log of what came. Arguments: quick or long, then the
beginnings of the modes' names, if not all; `rows` for the tests of rows alone."""

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cells as table_of_cells  # noqa: E402
import coverage  # noqa: E402
import exceptions  # noqa: E402
import families  # noqa: E402
import judge  # noqa: E402
import modes  # noqa: E402
import rows  # noqa: E402
import selfcheck  # noqa: E402
import workers  # noqa: E402
from demands import ALL  # noqa: E402
from server import Server  # noqa: E402


class Report:
    """Counts, and the lines that `make test-long` collects."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, problems):
        if exceptions.excuses(name, problems):
            print(f"exception {name}: {'; '.join(problems)}", flush=True)
        elif problems:
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
        results, problems = workers.run([cell.given for cell in cells if not cell.mode.is_alone])
        for problem in problems:
            report.check("the grid's clients", [problem])
        seen = {each["error"].get("kind") for each in results.values() if each.get("error")}
        slowest = max(results.values(), key=lambda each: each["total"], default=None)
        if slowest:
            print(f"the slowest cell: {slowest['name']}, {slowest['total']:.1f} s with what follows it", flush=True)
        verdicts, again, alone = {}, {}, {}
        for cell in cells:
            result = results.get(cell.name)
            verdicts[cell.name] = grave = list(judge.of_log(cell, result))
            # What a machine under load may have spoiled is tried once more, with less beside it.
            if not grave and list(judge.of_client(cell, result)):
                number = len(cells) + len(again) + len(alone) + 1
                second = table_of_cells.Cell(server, cell.mode, cell.operation, folder, seed, number)
                (again if result else alone)[cell.name] = second
        results, _ = workers.run([cell.given for cell in again.values()], processes=1, concurrency=12)
        more, _ = workers.run_alone([cell.given for cell in alone.values()])
        results.update(more)
        for cell in cells:
            found, second = verdicts[cell.name], again.get(cell.name) or alone.get(cell.name)
            if second:
                result = results.get(cell.name)
                found += [*judge.of_log(second, result), *judge.of_client(second, result)]
            report.check(cell.name, found)
        report.check("the header tells of each exception", exceptions.unpublished())
        if not wanted:
            report.check("the kinds of errors are those of the header", exceptions.kinds_not_as_published(seen))
        leftovers = [name for name in os.listdir(folder) if name.endswith(".part")]
        report.check("temporary files of downloads", [f"{len(leftovers)} are left: {leftovers[:3]}"] if leftovers else [])
        count = len({cell.mode.family for cell in cells})
        print(f"grid: {count} modes, {len(cells)} cells, {len(again) + len(alone)} tried twice", flush=True)
        rows_of_families(report, cells, verdicts)
        if not wanted:
            rows_of_grid(server, report, cells, verdicts, list(coverage.gaps(cells, is_long)))


def rows_of_grid(server, report, cells, verdicts, gaps):
    """The rows that the cells prove together. `gaps`: what R1 asks for and no cell tries."""

    def row(number, demand, first, last, operations=None, missing=()):
        numbers = range(first, last + 1)
        part = [
            cell
            for cell in cells
            if int(cell.mode.family[1:]) in numbers and (operations is None or cell.operation in operations)
        ]
        good = sum(not verdicts[cell.name] for cell in part)
        measured = "; ".join([f"{good} of {len(part)} cells", *missing[:5]])
        report.row(number, demand, measured, good == len(part) and not missing)

    report.check("R1: a cell for each mode and operation", gaps)
    demand = "F01 to F59 by GET, create, upload, cancel, DELETE (F08, F09: Tests/Secure): requests, delivery, kind, time"
    pairs = len(coverage.families()) * len(ALL) - len(coverage.NOT_APPLICABLE)
    row("R1", f"{demand}; {pairs} pairs", coverage.FIRST, coverage.LAST, ALL, gaps)
    row("R24", "F20 to F39: no half body given as whole", 20, 39)
    row("R32", "F70 to F86: how streams end; no half event", 70, 86)
    foreign = [
        request
        for scenario in list(server.scenarios.values())
        for request in list(scenario.requests)
        if request.connection.listener not in judge.TOKEN_LISTENERS
    ]
    tokens = sum(request.has_token for request in foreign)
    row("R51", "F86 to F99: redirects; no token to another origin", 86, 99)
    report.row("R51", "the token at other origins: 0 times", f"{tokens} times in {len(foreign)} requests there", tokens == 0)
    row("R52", "F117 to F120: outputs, next, urls on other origins", 117, 120)


def rows_of_families(report, cells, verdicts):
    """One row for each family of modes. An excepted cell is right only by the words with which the header tells of it."""
    of_family = {}
    for cell in cells:
        of_family.setdefault(cell.mode.family, []).append(cell)
    for family, part in sorted(of_family.items(), key=lambda each: int(each[0][1:])):
        excepted = [cell for cell in part if exceptions.excuses(cell.name, verdicts[cell.name])]
        wrong = [cell for cell in part if verdicts[cell.name] and cell not in excepted]
        measured = f"{len(part) - len(wrong) - len(excepted)} of {len(part)} cells"
        for mode in sorted({cell.mode.name for cell in excepted}):
            names = ", ".join(cell.operation for cell in excepted if cell.mode.name == mode)
            measured += f"; {mode} {names}: named in replicate.h: \"{exceptions.EXCEPTIONS[mode].words}\""
        for cell in wrong[:5]:
            measured += f"; {cell.name}: {verdicts[cell.name][0][:100]}"
        is_right = not wrong and not (excepted and exceptions.unpublished())
        report.row(family, families.TEXTS[family], measured.replace("\t", " ").replace("\n", " "), is_right)


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
        if not wanted:
            selfcheck.run(Server(), report)
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
