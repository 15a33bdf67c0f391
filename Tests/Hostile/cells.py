"""Cells: one operation that meets one mode, with a scenario of its own on the server."""

import os

import replies
from scenario import ALWAYS
from truth import CANARY

#: Which requests of an operation meet the mode. The others are answered well.
ROUTES = {
    "get": ["get"],
    "create": ["create"],
    "upload": ["upload"],
    "cancel": ["cancel"],
    "delete": ["delete"],
    "download": ["file"],
    "stream": ["stream"],
    "run": ["get"],
    "list": ["list"],
    "pages": ["list"],
    "model": ["model"],
    "save": ["get"],
    "run_and_read": ["get"],
    "attach": ["create"],
    "progress": ["get"],
    "twice": ["create"],
}


#: Of these families the server's rule is that the client closes a spoiled connection by itself. A client that is closed at once
#: closes every one: so the cells of one operation rest before the call that follows.
CLOSING = {f"F{number}" for number in [*range(20, 40), 62, 63]}
REST = 1.5


class Cell:
    def __init__(self, server, mode, operation, folder, seed, number):
        demand = mode.demand
        self.mode, self.operation, self.folder = mode, operation, folder
        self.expect = demand.by_operation[operation]
        self.name = f"{mode.name} {operation}"
        self.nonce = f"n{number}-{mode.name.replace('/', '-')}-{operation}".encode("ascii", "replace").decode()
        settings = dict(demand.cell)
        self.is_plain_checked = settings.pop("plain", True)
        args = {"host": settings.pop("host", "127.0.0.1"), "polls": settings.pop("polls", 0)}
        args["deleted"] = settings.pop("deleted", None)
        routes = settings.pop("routes", None) or ROUTES[operation]
        times = ALWAYS if demand.times is None else demand.times
        options = dict(demand.options)
        args["base_url"] = options.pop("base_url", None)
        self.cancels = settings.pop("cancels", None)
        self.is_closing_watched = demand.is_poison and mode.family in CLOSING
        if self.is_closing_watched and operation == "get":
            settings.setdefault("pause", REST)
        self.scenario = server.add(mode, routes, times, seed, args)
        self.deadline = options.get("timeout", 2)
        self.retries = options.get("max_retries", 2)
        self.path = os.path.join(folder, f"{number}.bin")
        self.content = settings.pop("content", replies.FILE)
        self.given = {
            "name": self.name,
            "operation": operation,
            "base_url": self.scenario.base_url,
            "scenario": self.scenario.id,
            "control": f"http://127.0.0.1:{server.ports['control']}/v1",
            "nonce": self.nonce,
            "token": CANARY,
            "heals": mode.when in ("accept", "dead", "full"),
            "plain": self.is_plain_checked,
            "options": options,
            **settings,
        }
        if operation == "save":
            self.path = self.given["path"] = os.path.join(folder, f"{number}", "in", "here")
        if operation == "download":
            # Of a listener of its own the file is there too.
            listener = "api" if self.scenario.port else "other"
            self.given["url"] = self.scenario.base_of(listener) + "/file/" + settings.get("file", "x.bin")
            self.given["path"] = self.path

    def requests(self):
        """Of the call that was to meet the mode, in their order."""
        routes = self.scenario.routes
        return [each for each in list(self.scenario.requests) if each.route in routes]

    def strangers(self):
        """Files that a `save` has put where they do not belong."""
        if self.operation != "save":
            return []
        top = os.path.join(self.folder, os.path.basename(os.path.dirname(os.path.dirname(self.path))))
        found = [os.path.join(at, name) for at, _, names in os.walk(top) for name in names]
        return [path for path in found if os.path.dirname(path) != self.path or path.endswith(".part")]

    def leftovers(self):
        """Whatever stands in the folder that is not the file, and whether that is whole; None without a file."""
        if self.operation != "download" or not os.path.exists(self.path):
            return None
        with open(self.path, "rb") as file:
            return file.read() == self.content


def make(server, table, folder, seed, wanted=None, is_long=False):
    """All cells of the modes whose names begin with one of those that are wanted."""
    cells = []
    for mode in table.values():
        if wanted and not any(mode.name == each or mode.name.startswith(each) for each in wanted):
            continue
        if mode.demand is None or (mode.is_long and not is_long):
            continue
        for operation in mode.demand.by_operation:
            cells.append(Cell(server, mode, operation, folder, seed, len(cells) + 1))
    return cells
