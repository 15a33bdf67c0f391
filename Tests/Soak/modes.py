"""A hostile server for the soak: one scenario for each mode and operation, printed as JSON { operations: { name: [{mode, base_url,
outcome, is_own, is_exact}] }, left_out: [family] }; it serves until its standard input ends.

`outcome` is what the mode's demand says of a client that meets it each time: "value", "error" or "either". `is_own`: a value
then has the request's own nonce; `is_exact`: and it is what a good server gives."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Hostile"))

import exceptions  # noqa: E402
import modes  # noqa: E402
from server import Server  # noqa: E402

# What an operation asks for first: the mode meets that.
ROUTES = {"get": ["get"], "create": ["create"], "run": ["get"], "stream": ["stream"], "upload": ["upload"], "list": ["list"]}

# Of these the answer's own fields are others.
CHANGING = ("F51", "F54", "F56", *(f"F{number}" for number in range(110, 127)))


def outcome_of(mode, operation):
    demand = mode.demand
    if exceptions.concerns(mode.name):
        return "either"  # as the header says
    row = demand.by_operation.get(operation)
    if row is None and operation in ("list", "run") and mode.family not in CHANGING:
        # As broken a page as that of a prediction; and a run is over once it knows what became of its own.
        row = demand.by_operation.get("get")
        if row and row.outcome == "value":
            return "either"
    if row is None:
        return "either"
    # Demanded of a client whose other requests are met as well.
    if not set(ROUTES[operation]) <= set(demand.cell.get("routes", ROUTES[operation])):
        return "either"
    if operation in ("run", "stream") and "routes" in demand.cell:
        return "either"
    # A fault that passes: here it stays.
    if demand.times is not None and row.outcome == "value":
        return "either"
    return row.outcome


server = Server()
table = {operation: [] for operation in ROUTES}
taken, left_out = set(), set()
for mode in modes.TABLE.values():
    # No listener of its own, no hours, and nothing that libcurl dies of.
    if mode.is_long or mode.is_alone or mode.when in ("accept", "dead", "full") or mode.family in ("F100", "F58", "F37"):
        left_out.add(mode.family)
        continue
    taken.add(mode.family)
    for operation, routes in ROUTES.items():
        table[operation].append(
            {
                "mode": mode.name,
                "base_url": server.add(mode.name, routes).base_url,
                "outcome": outcome_of(mode, operation),
                "is_own": mode.family not in CHANGING and not exceptions.concerns(mode.name) or operation in mode.demand.by_operation,
                "is_exact": mode.family not in CHANGING and not exceptions.concerns(mode.name) and not (operation == "stream" and operation in mode.demand.by_operation),
            }
        )
print(json.dumps({"operations": table, "left_out": sorted(left_out - taken)}), flush=True)
sys.stdin.read()
server.close()
