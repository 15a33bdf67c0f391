"""Servers that know what they were sent: plain or under TLS, whole or broken off. What counts is what they saw, not what the
client says: `connections`, `plain` (the bytes that came out of TLS, or of the socket where there is none) and `requests`."""

import json
import re
import socket
import ssl
import struct
import subprocess
import threading


class Listener:
    """Takes connections, each in a thread of its own, until it is closed."""

    def __init__(self, serve=None, host="127.0.0.1", family=socket.AF_INET, port=0):
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((host, port))
        self.socket.listen(128)
        self.port = self.socket.getsockname()[1]
        self.host, self.connections, self.plain, self.raw, self.alerts, self.ended = host, 0, b"", b"", [], 0
        self.lock, self.stopped = threading.Lock(), threading.Event()
        if serve:
            self.serve = serve
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
            threading.Thread(target=self.run, args=(connection,), daemon=True).start()

    def run(self, connection):
        connection.settimeout(30)
        try:
            self.serve(self, connection)
        except ssl.SSLError as error:
            self.alerts.append(error.reason or str(error))
        except OSError:
            pass
        finally:
            connection.close()
            with self.lock:
                self.ended += 1

    def saw(self, data):
        with self.lock:
            self.plain += data
        return data

    def close(self):
        self.stopped.set()
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


def context(certificate, folder, **options):
    """The server's side. With weak=True all that OpenSSL still can."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if options.get("weak"):
        made.set_ciphers("ALL:eNULL:@SECLEVEL=0")
    made.load_cert_chain(f"{folder}/{certificate}.pem", f"{folder}/{certificate}.key")
    if "versions" in options:
        made.minimum_version = made.maximum_version = options["versions"]
    if "ciphers" in options:
        made.set_ciphers(options["ciphers"])
    if "dh" in options:
        made.load_dh_params(options["dh"])
    if "wants" in options:
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_verify_locations(options["wants"])
    return made


def prediction(**fields):
    """A finished one, or what `fields` make of it."""
    whole = {
        "id": "abc",
        "model": "a/b",
        "version": "a" * 64,
        "status": "succeeded",
        "input": {},
        "output": ["x"],
        "logs": "",
        "error": None,
        "created_at": "2026-01-01T00:00:00Z",
        "urls": {"get": "http://127.0.0.1/v1/predictions/abc", "cancel": "http://127.0.0.1/v1/predictions/abc/cancel"},
    }
    return json.dumps({**whole, **fields}).encode()


PREDICTION = prediction()


def answer(body=PREDICTION, status="201 Created", kind="application/json", extra=b""):
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n".encode() + extra + b"\r\n" + body


def under_tls(made, reply=None, closes=False):
    """Serves one request under TLS with the bytes `reply`; `closes`: with TLS's own farewell, else by FIN alone."""

    def serve(listener, connection):
        with made.wrap_socket(connection, server_side=True) as secure:
            while b"\r\n\r\n" not in listener.plain:
                data = secure.recv(65536)
                if not data:
                    return
                listener.saw(data)
            secure.sendall(reply or answer())
            if closes:
                secure.unwrap()
            elif reply is None:
                secure.recv(1)

    return serve


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def server_hello(version=0x0303, suite=0xC02B, renegotiates=b"\0\5\xff\1\0\1\0"):
    """By hand: what no OpenSSL says now. Without the extension, a promise of safe renegotiation, OpenSSL 3 looks no further."""
    body = struct.pack(">H", version) + RANDOM + b"\0" + struct.pack(">H", suite) + b"\0" + renegotiates
    return record(handshake(2, body), version)


RANDOM = bytes(range(32))


def record(message, version=0x0303):
    return b"\x16" + struct.pack(">HH", version, len(message)) + message


def handshake(number, body):
    return bytes([number]) + struct.pack(">I", len(body))[1:] + body


def sized(value, size=2):
    return len(value).to_bytes(size, "big") + value


def weak_exchange(bits, folder):
    """TLS 1.2 by hand up to a Diffie-Hellman key of so few bits, signed as it must be: OpenSSL's own server does not offer it."""
    prime = 2**bits - 1
    while pow(3, prime - 1, prime) != 1:
        prime -= 2
    numbers = [n.to_bytes((n.bit_length() + 7) // 8, "big") for n in (prime, 2, pow(2, 2 ** (bits - 9) + 12345, prime))]
    parameters = b"".join(map(sized, numbers))
    with open(f"{folder}/rsa-2048.pem", encoding="ascii") as file:
        shown = ssl.PEM_cert_to_DER_cert(file.read())

    def serve(listener, connection):
        hello = connection.recv(65536)
        listener.raw += hello
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", f"{folder}/rsa-2048.key"],
            check=True,
            input=hello[11:43] + RANDOM + parameters,
            capture_output=True,
        ).stdout
        connection.sendall(
            server_hello(suite=0x009E)
            + record(handshake(11, sized(sized(shown, 3), 3)))
            + record(handshake(12, parameters + b"\4\1" + sized(signature)))
            + record(handshake(14, b""))
        )
        while more := connection.recv(65536):
            listener.raw += more

    return serve


def by_hand(data=b"", ends="fin", reads=True):
    """No TLS at all: reads the client's hello, sends `data`, and ends: "fin", "reset" or "never"."""

    def serve(listener, connection):
        if reads:
            with listener.lock:
                listener.raw += connection.recv(65536)
        if data:
            connection.sendall(data)
        if ends == "never":
            while not listener.stopped.is_set():
                more = connection.recv(65536)
                if not more:
                    return
                with listener.lock:
                    listener.raw += more
        elif ends == "reset":
            reset(connection)
        else:
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(2)
            while more := connection.recv(65536):
                with listener.lock:
                    listener.raw += more

    return serve


class Last(bytes):
    """An answer after which the connection ends."""


class Request:
    """As it came."""

    def __init__(self, head, body):
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = first.split(" ", 2)
        self.first, self.body = first, body
        self.headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines if line)]

    def header(self, name, default=None):
        return next((value for each, value in self.headers if each == name), default)


class Web(Listener):
    """An HTTP server: `route(request)` gives an answer's bytes; None takes the request and closes. `requests` has them all."""

    def __init__(self, route, host="127.0.0.1", family=socket.AF_INET, made=None, port=0):
        self.route, self.made, self.requests = route, made, []
        super().__init__(None, host, family, port)

    def url(self, path="", host=None):
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{'https' if self.made else 'http'}://{name}:{self.port}{path}"

    def serve(self, _, connection):
        stream = self.made.wrap_socket(connection, server_side=True) if self.made else connection
        try:
            rest = b""
            while True:
                while b"\r\n\r\n" not in rest:
                    data = stream.recv(65536)
                    if not data:
                        return
                    if not self.made and data[0] == 0x16:
                        return  # TLS has no business here.
                    rest += self.saw(data)
                head, rest = rest.split(b"\r\n\r\n", 1)
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                length = int(length.group(1)) if length else 0
                while len(rest) < length:
                    data = stream.recv(65536)
                    if not data:
                        return
                    rest += self.saw(data)
                request, rest = Request(head, rest[:length]), rest[length:]
                with self.lock:
                    self.requests.append(request)
                reply = self.route(request)
                if reply is None:
                    return
                stream.sendall(reply)
                if isinstance(reply, Last):
                    return
        finally:
            stream.close()
