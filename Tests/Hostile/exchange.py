"""One request on its connection, as a mode sees it: what came, and what a good answer to it would be, in pieces to spoil.

A mode is a generator. What it yields is done to the connection: bytes are sent, a Pause waits, FIN, RST and STALL end it.
A generator that ends without one of these leaves the connection open for the next request."""

import random

import replies

REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    206: "Partial Content",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Pause:
    def __init__(self, seconds):
        self.seconds = seconds


class End:
    def __init__(self, name):
        self.name = name


FIN = End("FIN")  # no more will be written; what comes is still read
RST = End("RST")
CLOSE = End("close")
STALL = End("stall")  # nothing, until the client gives up
DEAF = End("deaf")  # nor is anything read


class Exchange:
    def __init__(self, connection, scenario, request=None, args=None):
        self.connection = connection
        self.scenario = scenario
        self.request = request
        self.args = args or {}
        self.random = random.Random(f"{scenario.seed}:{request.number if request else 0}:{connection.number}")
        self._reply = None

    @property
    def path(self):
        """Below the scenario's own part of it."""
        return self.request.path.split(self.scenario.prefix, 1)[-1]

    @property
    def route(self):
        return self.request.route

    def _good(self):
        if self._reply is None:
            status, kind, body = replies.body_of(self)
            self._reply = status, kind, replies.encode(body)
        return self._reply

    @property
    def body(self):
        return self._good()[2]

    @property
    def status(self):
        return self._good()[0]

    def head(self, *fields, status=None, length=True, kind=True):
        """The head of the good answer. `length`: True for the body's own, a number, text, or None for none at all."""
        status = status or self._good()[0]
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"]
        kind = self._good()[1] if kind is True else kind
        if kind:
            lines.append(f"Content-Type: {kind}")
        if length is not None and not (length is True and status == 204):
            lines.append(f"Content-Length: {len(self.body) if length is True else length}")
        lines += fields
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def good(self, *fields):
        return self.head(*fields) + self.body

    def answer(self, status, body=b"", *fields, kind="application/json", length=True):
        body = replies.encode(body)
        return self.head(*fields, status=status, kind=kind, length=len(body) if length is True else length) + body

    def chunked(self, *fields, size=100, last=b"0\r\n\r\n"):
        return self.head("Transfer-Encoding: chunked", *fields, length=None) + self.chunks(self.body, size) + last

    @staticmethod
    def chunks(body, size=100):
        return b"".join(b"%x\r\n%s\r\n" % (len(body[i : i + size]), body[i : i + size]) for i in range(0, len(body), size))

    def url(self, listener, path):
        return self.scenario.base_of(listener) + path
