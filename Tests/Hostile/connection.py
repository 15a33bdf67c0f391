"""A connection that the hostile server has accepted: reads requests, runs what the mode yields, notes how it ended."""

import re
import select
import socket
import struct
import time

import replies
from exchange import CLOSE, DEAF, FIN, RST, STALL, End, Exchange, Pause
from truth import Request


#: A status that a client can have read: the whole of its line.
STATUS = re.compile(rb"HTTP/\d\.\d (\d{3})(?: [^\n]*|\r?)\n")


class Gone(Exception):
    """The client has ended the connection."""


class Connection:
    """`own`: the scenario of a listener that is there for one alone."""

    #: A client that does not give up in this time never will.
    patience = 30

    def __init__(self, server, listener, sock, own=None):
        self.server = server
        self.listener = listener
        self.sock = sock
        self.own = own
        self.scenario = own
        self.number = 0
        self.accepted = time.monotonic_ns()
        self.ended = None
        self.ended_by = None
        self.faulted = None  # when its first fault began
        self.requests = []
        self._buffer = b""
        self._eof = False
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self):
        try:
            mode = self.own.take_connection() if self.own else None
            if mode:
                self.faulted = time.monotonic_ns()
                self._perform(None, Exchange(self, self.own), mode)
                return
            while self._one():
                pass
        except Gone:
            self._end("client")
        except OSError as error:
            self._end("client RST" if isinstance(error, ConnectionResetError) else f"client ({error})")
        finally:
            self._close()

    # Reading

    def _receive(self, timeout=None, size=1 << 16):
        self.sock.settimeout(timeout or self.patience)
        try:
            data = self.sock.recv(size)
        except socket.timeout:
            self._end("nobody")
            raise Gone from None
        if not data:
            raise Gone
        return data

    def _one(self):
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > 1 << 20:
                return False
            self._buffer += self._receive()
        raw_head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        request = Request(self, len(self.requests) + 1, raw_head)
        self.requests.append(request)
        scenario = self.own or self.server.scenario_of(request.path)
        self.scenario = scenario
        if scenario is None:
            self.sock.sendall(b"HTTP/1.1 599 No Scenario\r\nContent-Length: 0\r\n\r\n")
            return True
        x = Exchange(self, scenario, request)
        request.route = replies.route_of(request.method, x.path)
        request.call = request.nonce or scenario.owners.get(x.path.rsplit("/", 1)[-1], "")
        scenario.add(request)
        scenario.came(request)
        mode = scenario.choose(x)
        request.mode = mode.name if mode else None
        if mode and self.faulted is None:
            self.faulted = time.monotonic_ns()
        try:
            if mode is None or mode.when == "request":
                self.read_body(request)
                return self._perform(request, x, mode)
            return self._perform(request, x, mode)
        finally:
            request.finished = request.finished or time.monotonic_ns()
            self.server.truth.write(request.as_json(scenario.id))

    def read_body(self, request, limit=None, size=None, pause=0):
        """The whole of it, or so many bytes; a `size` at a time, with a `pause` before each."""
        if "chunked" in request.headers.get("transfer-encoding", ""):
            raise Gone  # this client always knows how long its bodies are
        length = int(request.headers.get("content-length", "0"))
        wanted = length if limit is None else min(limit, length)
        parts, count = [self._buffer], len(self._buffer)
        if size:  # what has come with the head counts as well
            time.sleep(pause * (min(count, wanted) // size))
        while count < wanted:
            try:
                time.sleep(pause)
                part = self._receive(size=size or 1 << 16)
            except (Gone, OSError):
                request.body_length = count
                raise
            parts.append(part)
            count += len(part)
        data = b"".join(parts)
        request.body, self._buffer = data[:wanted], data[wanted:]
        request.body_length = len(request.body)
        request.body_hash = replies.hash_of(request.body)
        request.is_whole = request.body_length == length

    # Writing

    def _perform(self, request, x, mode):
        """Runs a mode's generator, or gives the good answer; whether the connection goes on."""
        if mode is None:
            self._send(request, x.good())
            return True
        for step in mode.run(x):
            if isinstance(step, (bytes, bytearray)):
                if not self._send(request, step):
                    raise Gone
            elif isinstance(step, Pause):
                time.sleep(step.seconds)
            elif isinstance(step, End):
                if request is not None:
                    request.finished = time.monotonic_ns()
                self._finish(step)
                return False
        return True

    def _send(self, request, data):
        self.sock.settimeout(self.patience)
        try:
            self.sock.sendall(data)
        except OSError:
            return False
        if request is not None:
            found = STATUS.match(data)
            if found and (request.written == 0 or request.status in range(100, 200)):
                request.status = int(found[1])
            request.written += len(data)
        return True

    def _finish(self, how):
        if how is RST:
            self._end("server RST")
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.sock.close()
        elif how is FIN:
            self.ended_by = "server FIN"
            self.sock.shutdown(socket.SHUT_WR)
            self._drain()
            self._end("server FIN")
        elif how is CLOSE:
            self._end("server close")
            self.sock.close()
        elif how is STALL:
            self._drain()
        elif how is DEAF:
            self._wait_deaf()

    def _drain(self):
        """Reads until the client has ended it."""
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline and not self.server.is_closed:
            self.sock.settimeout(1)
            try:
                if not self.sock.recv(1 << 16):
                    raise Gone
            except socket.timeout:
                continue

    def _wait_deaf(self):
        """Until the client has gone, without reading: the kernel tells by a hang-up."""
        poller = select.poll()
        poller.register(self.sock, select.POLLHUP | select.POLLRDHUP | select.POLLERR)
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline and not self.server.is_closed:
            if poller.poll(200):
                raise Gone
            if self.scenario.is_healed:
                self._drain()  # a client's FIN comes after all that it had to send

    # The end

    def _end(self, by):
        if self.ended is None:
            self.ended = time.monotonic_ns()
            self.ended_by = by

    def _close(self):
        self._end("server close")
        try:
            self.sock.close()
        except OSError:
            pass
        self.server.truth.write(
            {
                "time": self.ended,
                "connection": self.number,
                "listener": self.listener,
                "requests": len(self.requests),
                "ended_by": self.ended_by,
                "scenario": self.scenario.id if self.scenario else None,
            }
        )
