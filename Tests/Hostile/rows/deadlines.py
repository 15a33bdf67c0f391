"""R6: a deadline of a second holds wherever the server stalls."""

import dataclasses
import tempfile

import cells as table_of_cells
import judge
import modes
import workers
from demands import Demand, expect

STALLS = {
    "F03": ("connecting", ("get", "create", "upload", "download")),
    "F05": ("waiting", ("get", "create", "cancel")),
    "F12": ("waiting", ("get", "create", "delete")),
    "F13": ("receiving", ("get", "create")),
    "F14": ("receiving", ("get", "create")),
    "F15": ("receiving", ("get", "download")),
    "F16": ("receiving", ("get", "create", "upload", "download")),
    "F19": ("sending", ("upload",)),
    "F78": ("", ("stream",)),
    "F113": ("", ("run",)),
}


def demand_of(name, words, operations):
    row = expect("error", "timeout", words, requests=(0, 200), seconds=(0.9, None))
    old = modes.TABLE[name].demand
    return (
        Demand({each: row for each in operations})
        .with_cell(**{**old.cell, "plain": False})
        .with_options(timeout=1, connect_timeout=5, poll_interval=0.1)
    )


def run(bench):
    rounds = 9 if bench.is_long else 1
    with tempfile.TemporaryDirectory() as folder:
        cells = []
        for number in range(rounds):
            for name, (words, operations) in STALLS.items():
                mode = dataclasses.replace(modes.TABLE[name], demand=demand_of(name, words, operations))
                for operation in operations:
                    cell = table_of_cells.Cell(bench.server, mode, operation, folder, bench.seed, len(cells) + 1)
                    cell.name = cell.given["name"] = f"{cell.name} {number}"
                    cells.append(cell)
        results, problems = workers.run([cell.given for cell in cells], concurrency=12)
        slowest = 0
        for cell in cells:
            result = results.get(cell.name)
            found = [*judge.of_log(cell, result), *judge.of_client(cell, result)]
            problems += [f"{cell.name}: {each}" for each in found]
            slowest = max(slowest, (result or {}).get("seconds", 99))
    bench.judge(
        "R6",
        "a deadline of 1 s: back within 2 s, kind timeout, the phase named",
        f"{len(cells)} runs, the slowest {slowest:.2f} s",
        problems,
    )
