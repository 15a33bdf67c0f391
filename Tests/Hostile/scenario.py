"""A scenario: which of a client's requests are answered badly, and how. Its number stands in the path of its base URL."""

import itertools
import threading

ALWAYS = 1 << 30


class Scenario:
    """`mode` for requests of `routes`, `times` of them; `pick(x)` instead of it chooses by itself, a mode or None, and
    `pick_connection()` one for a connection that has just been made (the scenario has a listener of its own then)."""

    def __init__(self, server, number, mode=None, routes=(), times=ALWAYS, seed=1, args=None, pick=None, pick_connection=None):
        self.server = server
        self.id = number
        self.prefix = f"/s/{number}"
        self.mode = mode
        self.routes = set(routes)
        self.times = times
        self.seed = seed
        self.args = args or {}
        self.pick = pick
        self.pick_connection = pick_connection
        self.owners = {}  # of predictions, by id: the nonces of their creates
        self.requests = []
        self.port = None  # of a listener of its own
        self.is_healed = False
        self._used = 0
        self._polls = 0
        self._counts = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def take_connection(self):
        """The mode that meets the next connection before a byte of it is read, or None."""
        with self._lock:
            if self.pick_connection:
                return self.pick_connection()
            if self.mode is None or self.mode.when != "accept" or self.is_healed or self._used >= self.times:
                return None
            self._used += 1
            return self.mode

    def choose(self, x):
        with self._lock:
            if self.pick:
                return self.pick(x)
            if self.is_healed or self.mode is None or self.mode.when == "accept" or self._used >= self.times:
                return None
            if x.request.route == "plain" or x.request.route not in self.routes:
                return None
            self._used += 1
            return self.mode

    def add(self, request):
        with self._lock:
            self.requests.append(request)

    def came(self, request):
        """How often this call's request has come, this time included."""
        with self._lock:
            key = (request.route, request.call)
            self._counts[key] = self._counts.get(key, 0) + 1

    def count(self, request):
        return self._counts.get((request.route, request.call), 0)

    def next_number(self):
        with self._lock:
            return f"{self.id}n{next(self._numbers)}"

    def next_status(self):
        """Of a prediction: as often `processing` as the scenario says."""
        with self._lock:
            self._polls += 1
            return "processing" if self._polls <= self.args.get("polls", 0) else "succeeded"

    def base_of(self, listener):
        port = self.port if listener == "api" and self.port else self.server.ports[listener]
        return f"http://127.0.0.1:{port}{self.prefix}"

    @property
    def base_url(self):
        host = self.args.get("host", "127.0.0.1")
        port = self.port or self.server.ports["api"]
        return self.args.get("base_url") or f"http://{host}:{port}{self.prefix}/v1"
