"""R6: a deadline of a second holds wherever the server stalls."""

import dataclasses
import tempfile

import cells as table_of_cells
import judge
import modes
import workers
from demands import CREATES, Demand, expect

LIMIT = "total timeout of 1000 ms"
#: mode: what the error says, a create's delivery, operations.
STALLS = {
    "F03": ("connecting", "not_sent", ("get", "create", "upload", "download")),
    "F08": ("securing the connection", "not_sent", ("get", "create", "upload", "download")),
    "F05": ("waiting", "maybe_sent", ("get", "create", "cancel")),
    "F12": ("waiting", "maybe_sent", ("get", "create", "delete")),
    "F13": ("receiving", "maybe_sent", ("get", "create")),
    "F14": ("receiving", "maybe_sent", ("get", "create")),
    "F15": ("receiving", "maybe_sent", ("get", "download")),
    "F16": ("receiving", "maybe_sent", ("get", "create", "upload", "download")),
    "F19": ("sending", "maybe_sent", ("upload",)),
    "F78": ("before the stream was done", "", ("stream",)),
    "F113": ("before the prediction ended", "", ("run",)),
    # Between tries the last answer is the error, as soon as the next try would be too late: only the time is judged.
    "F42": (None, "", ("get", "delete")),
    "F45/none": (None, "", ("get", "create")),
}
#: A listener that answers no hello of TLS is one that answers nothing.
SILENT = {"F08": "F05"}


def demand_of(mode, name):
    words, delivery, operations = STALLS[name]
    options = {"timeout": 1, "connect_timeout": 5, "poll_interval": 0.1}
    if words is None:
        row = expect("error", "timeout capacity rate_limited", requests=(1, 200))
        options.update(max_retries=100, retry_delay=0.3)
    else:
        row = expect("error", "timeout", (LIMIT, words), requests=(0, 200), seconds=(0.9, None), prediction=name in ("F113", "F78"))
    rows = {
        each: dataclasses.replace(row, delivery=frozenset(delivery.split()), requests=(0, 1))
        if each in CREATES and delivery
        else row
        for each in operations
    }
    return Demand(rows).with_cell(**{**mode.demand.cell, "plain": False}).with_options(**options)


def cell_of(bench, name, operation, folder, number):
    mode = modes.TABLE[SILENT.get(name, name)]
    mode = dataclasses.replace(mode, name=name, demand=demand_of(mode, name))
    cell = table_of_cells.Cell(bench.server, mode, operation, folder, bench.seed, number)
    cell.name = cell.given["name"] = f"{cell.name} {number}"
    if name in SILENT:
        for field in ("base_url", "url"):
            if field in cell.given:
                cell.given[field] = cell.given[field].replace("http:", "https:")
    return cell


def run(bench):
    rounds = 9 if bench.is_long else 1
    with tempfile.TemporaryDirectory() as folder:
        cells = []
        for _ in range(rounds):
            for name, (_, _, operations) in STALLS.items():
                cells += [cell_of(bench, name, each, folder, len(cells) + index) for index, each in enumerate(operations)]
        results, problems = workers.run([cell.given for cell in cells], concurrency=12)
        slowest = 0
        for cell in cells:
            result = results.get(cell.name)
            found = [*judge.of_log(cell, result), *judge.of_client(cell, result)]
            problems += [f"{cell.name}: {each}" for each in found]
            slowest = max(slowest, (result or {}).get("seconds", 99))
    bench.judge(
        "R6",
        "a deadline of 1 s: back within 2 s, kind timeout, the phase and the limit named; between tries the time alone",
        f"{len(cells)} runs in {len(STALLS)} phases, the slowest {slowest:.2f} s",
        problems,
    )
