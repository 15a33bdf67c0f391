"""What really went over the wire: one record for each request and each connection. This log decides, not the client."""

import base64
import json
import threading
import time

CANARY = "r8_CANARYq7Zk2VxW9mT4sB6nLhYdR"


class Request:
    """A request as it came: its head may be all there is of it."""

    def __init__(self, connection, number, raw_head):
        self.time = time.monotonic_ns()
        self.connection = connection
        self.number = number  # on its connection
        self.raw_head = raw_head
        lines = raw_head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        parts = lines[0].split(" ")
        self.method = parts[0]
        self.path = parts[1] if len(parts) > 1 else ""
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers.setdefault(name.strip().lower(), value.strip())
        self.body = b""
        self.body_length = 0
        self.body_hash = ""
        self.is_whole = False
        self.route = ""
        self.call = ""  # the nonce of the call that it belongs to
        self.mode = None
        self.status = None  # that the whole of an answer was begun with
        self.written = 0
        self.finished = None  # when its answer, such as it was, had been given
        self.has_token = CANARY.encode() in raw_head

    @property
    def nonce(self):
        return self.headers.get("x-nonce", "")

    def as_json(self, scenario):
        return {
            "time": self.time,
            "scenario": scenario,
            "listener": self.connection.listener,
            "connection": self.connection.number,
            "request": self.number,
            "route": self.route,
            "mode": self.mode,
            "head": base64.b64encode(self.raw_head).decode(),
            "body_length": self.body_length,
            "sha256": self.body_hash,
            "whole": self.is_whole,
            "written": self.written,
            "has_token": self.has_token,
        }


class Truth:
    """Collects the records, and writes them to a file as JSON lines where there is one."""

    def __init__(self, path=None):
        self._lock = threading.Lock()
        self._file = open(path, "w", encoding="ascii") if path else None  # noqa: SIM115
        self.connections = []

    def add_connection(self, connection):
        with self._lock:
            self.connections.append(connection)
            connection.number = len(self.connections)

    def write(self, record):
        if self._file:
            line = json.dumps(record)
            with self._lock:
                self._file.write(line + "\n")

    def close(self):
        if self._file:
            with self._lock:
                self._file.close()
                self._file = None
