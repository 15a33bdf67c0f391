"""The hostile server: plain sockets on loopback that answer as no honest server would, and a log of what really came.

python3 Tests/Hostile/server.py [LOG]     prints its ports as one JSON line and serves until its standard input ends.
POST http://127.0.0.1:CONTROL/scenario    {"mode": "F22", "routes": ["get"], "times": 1, "seed": 7, "args": {}}
                                          answers {"id", "base_url"}
POST …/heal/ID      from now on the scenario is answered well
GET  …/report/ID    its requests, as the log has them;  GET …/sockets  the connections that are open"""

import json
import re
import socket
import sys
import threading

import modes
from connection import Connection
from scenario import ALWAYS, Scenario
from truth import Truth


class Server:
    def __init__(self, log=None):
        self.truth = Truth(log)
        self.ports = {}
        self.scenarios = {}
        self.is_closed = False
        self._sockets = []
        self._fillers = {}
        self._lock = threading.Lock()
        for name in ("api", "stream", "other"):
            self.ports[name] = self._listen(name)
        self.ports["control"] = self._listen("control", backlog=64)

    # Listeners

    def _bind(self):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", 0))
        with self._lock:
            self._sockets.append(sock)
        return sock

    def _listen(self, name, own=None, backlog=1024):
        sock = self._bind()
        sock.listen(backlog)
        self._accept_on(sock, name, own)
        return sock.getsockname()[1]

    def _accept_on(self, sock, name, own):
        threading.Thread(target=self._accept, args=(sock, name, own), daemon=True).start()

    def _accept(self, sock, name, own):
        while not self.is_closed:
            try:
                peer, _ = sock.accept()
            except OSError:
                return
            if name == "control":
                threading.Thread(target=self._control, args=(peer,), daemon=True).start()
                continue
            connection = Connection(self, name, peer, own)
            self.truth.add_connection(connection)
            threading.Thread(target=connection.run, daemon=True).start()

    # Scenarios

    def add(self, mode=None, routes=(), times=ALWAYS, seed=1, args=None, pick=None, pick_connection=None):
        """A new scenario. A mode that meets connections, and not requests, has a listener of its own."""
        mode = modes.TABLE[mode] if isinstance(mode, str) else mode
        with self._lock:
            number = f"{len(self.scenarios) + 1:04d}"
            scenario = Scenario(self, number, mode, routes, times, seed, args, pick, pick_connection)
            self.scenarios[number] = scenario
        if pick_connection or (mode and mode.when == "accept"):
            scenario.port = self._listen("api", scenario)
        elif mode and mode.when in ("dead", "full"):
            sock = self._bind()
            scenario.port = sock.getsockname()[1]
            if mode.when == "full":
                self._fill(sock)
            self._fillers[number] = (sock, scenario, self._fillers.get(sock, []))
        return scenario

    def _fill(self, sock):
        """Connects to it until a connection hangs, as every other will then."""
        sock.listen(0)
        fillers = []
        for _ in range(16):
            filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            filler.settimeout(0.2)
            fillers.append(filler)
            try:
                filler.connect(sock.getsockname())
            except OSError:
                break
        self._fillers[sock] = fillers

    def heal(self, number):
        scenario = self.scenarios.get(number)
        if scenario is None:
            return
        scenario.is_healed = True
        sock, _, fillers = self._fillers.pop(number, (None, None, []))
        if sock:
            for filler in fillers:
                filler.close()
            sock.listen(64)
            self._accept_on(sock, "api", scenario)

    def scenario_of(self, path):
        found = re.match(r"(?:https?://[^/]*)?/s/(\d+)/", path)
        return self.scenarios.get(found.group(1)) if found else None

    def open_connections(self, scenario=None):
        return [
            each
            for each in list(self.truth.connections)
            if each.ended is None and (scenario is None or each.scenario is scenario)
        ]

    def close(self):
        self.is_closed = True
        for sock in self._sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()
        self.truth.close()

    # Control

    def _control(self, peer):
        peer.settimeout(60)
        reader = peer.makefile("rb")
        try:
            while True:
                line = reader.readline().decode("latin-1").split(" ")
                if len(line) < 2:
                    return
                length = 0
                while (header := reader.readline().strip()) != b"":
                    name, _, value = header.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                body = reader.read(length)
                answer = json.dumps(self._command(line[1].removeprefix("/v1"), body)).encode()
                peer.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer)
                )
        except (OSError, ValueError):
            pass
        finally:
            peer.close()

    def _command(self, path, body):
        if path == "/scenario":
            given = json.loads(body)
            scenario = self.add(
                given.get("mode"), given.get("routes", ()), given.get("times", ALWAYS), given.get("seed", 1), given.get("args")
            )
            return {"id": scenario.id, "base_url": scenario.base_url}
        if path == "/sockets":
            return [each.number for each in self.open_connections()]
        name, _, number = path.strip("/").partition("/")
        if name == "heal":
            self.heal(number)
            return {"healed": number}
        if name == "report" and number in self.scenarios:
            return [request.as_json(number) for request in self.scenarios[number].requests]
        return {"error": f"no such command: {path}"}


def main():
    server = Server(sys.argv[1] if len(sys.argv) > 1 else None)
    print(json.dumps(server.ports), flush=True)
    sys.stdin.read()
    server.close()


if __name__ == "__main__":
    main()
