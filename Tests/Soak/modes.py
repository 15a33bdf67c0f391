"""A hostile server for the soak: one scenario for each mode and operation, printed as JSON { operation: [{mode, base_url}] }; it
serves until its standard input ends."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Hostile"))

import modes  # noqa: E402
from server import Server  # noqa: E402

# What an operation asks for first: the mode meets that.
ROUTES = {"get": ["get"], "create": ["create"], "run": ["get"], "stream": ["stream"], "upload": ["upload"], "list": ["list"]}

server = Server()
table = {operation: [] for operation in ROUTES}
for mode in modes.TABLE.values():
    # No listener of its own, no hours, and nothing that libcurl dies of.
    if mode.is_long or mode.is_alone or mode.when in ("accept", "dead", "full") or mode.family in ("F100", "F58", "F37"):
        continue
    for operation, routes in ROUTES.items():
        table[operation].append({"mode": mode.name, "base_url": server.add(mode.name, routes).base_url})
print(json.dumps(table), flush=True)
sys.stdin.read()
server.close()
