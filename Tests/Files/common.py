"""What the tests of files share: a server of files that breaks off where it is told to, folders whose state is remembered, and
what strace saw of a Lua program."""

import hashlib
import os
import random
import re
import ssl
import subprocess
import sys

import harness
from harness import LONG, PART, WORK, Lua
from server import Listener, Request, reset

SEED = 20261121
DOWNLOAD = '{owner="a", expiry=2000000000, signature="c2ln"'


def content(size, seed=SEED):
    return random.Random(seed).randbytes(size)


def digest(data):
    return hashlib.sha256(data).hexdigest()


class FileServer(Listener):
    """`plan[path]` is a function of the connection and the request, which writes what it likes. A connection for each request."""

    def __init__(self, host="127.0.0.1", **more):
        self.plan, self.requests = {}, []
        super().__init__(host=host, **more)

    def url(self, path="", host=None):
        return f"http://{host or self.host}:{self.port}{path}"

    def serve(self, _, connection):
        head = b""
        while b"\r\n\r\n" not in head:
            data = connection.recv(65536)
            if not data:
                return
            head += data
        head, body = head.split(b"\r\n\r\n", 1)
        request, body = Request(head, b""), bytearray(body)
        while len(body) < int(request.header("content-length") or 0):
            data = connection.recv(1 << 18)
            if not data:
                return
            body += data
        request.body = bytes(body)
        with self.lock:
            self.requests.append(request)
        path = request.target.split("?")[0]
        handler = self.plan.get(path) or self.plan.get("*")
        if handler:
            handler(connection, request)


def head(length, status="200 OK", extra="", kind="application/octet-stream"):
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return f'HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{size}\r\nETag: "a"\r\nConnection: close\r\n{extra}\r\n'.encode()


def whole(data, kind="application/octet-stream"):
    """The file, or that part of it which is asked for."""

    def handler(connection, request):
        asked = re.match(r"bytes=(\d+)-$", request.header("range") or "")
        if asked and int(asked[1]) < len(data):
            first = int(asked[1])
            part = f"Content-Range: bytes {first}-{len(data) - 1}/{len(data)}\r\n"
            connection.sendall(head(len(data) - first, "206 Partial Content", part, kind))
            connection.sendall(memoryview(data)[first:])
        else:
            connection.sendall(head(len(data), kind=kind))
            connection.sendall(data)

    return handler


def cut(data, at, how, times=1000):
    """Breaks off behind so many bytes of the file: "fin" or "reset" of an answer with a length, "chunked" of one without. Asked
    again, after so many times, it gives the whole."""
    left = [times]
    good = whole(data)

    def handler(connection, request):
        if left[0] <= 0:
            return good(connection, request)
        left[0] -= 1
        if how == "chunked":
            connection.sendall(head(None) + b"%x\r\n" % len(data))
        else:
            connection.sendall(head(len(data)))
        connection.sendall(memoryview(data)[:at])
        if how == "reset":
            reset(connection)
        return None

    return handler


def json_answer(body):
    """A whole answer of the API's."""

    def handler(connection, _):
        connection.sendall(head(len(body), "201 Created", kind="application/json") + body)

    return handler


def certificate():
    """The server's side of TLS at 127.0.0.1, by an authority whose file is WORK/ca.pem."""
    command = f"""openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1
        -addext subjectAltName=IP:127.0.0.1 -keyout {WORK}/key.pem -out {WORK}/ca.pem"""
    subprocess.run(command.split(), capture_output=True, check=True)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(f"{WORK}/ca.pem", f"{WORK}/key.pem")
    return made


class Folder:
    """A new folder, and what is in it: kind, mode, inode and content of each thing, by name."""

    count = 0

    def __init__(self, path=None):
        Folder.count += 1
        self.path = path or f"{WORK}/folder-{PART}-{Folder.count}"
        os.makedirs(self.path, exist_ok=True)

    def __truediv__(self, name):
        return f"{self.path}/{name}"

    def state(self):
        found = {}
        for entry in os.scandir(os.fsencode(self.path)):
            status = entry.stat(follow_symlinks=False)
            if entry.is_file(follow_symlinks=False):
                with open(entry.path, "rb") as file:
                    inside = digest(file.read())
            else:
                inside = os.readlink(entry.path) if entry.is_symlink() else b""
            found[os.fsdecode(entry.name)] = (status.st_mode, status.st_ino, status.st_size, inside)
        return found


class Traced(Lua):
    """A Lua program under strace. `calls()`, when it has ended: name and arguments of each system call that did not fail, or of
    all."""

    count = 0

    def __init__(self, *trace, token=harness.CANARY, umask=None, **more):
        Traced.count += 1
        self.log = f"{WORK}/strace-{PART}-{Traced.count}"
        options = [f"--trace={trace[0]}", *trace[1:]]
        under = ["strace", "-f", "-y", "-xx", "-qq", "-s", "70000", "-o", self.log, *options]
        if umask is not None:
            under = ["sh", "-c", f'umask {umask}; exec "$@"', "sh", *under]
        super().__init__(token=token, under=under, **more)

    def calls(self):
        with open(self.log, encoding="latin-1") as file:
            return list(parsed(file))


STARTED, RESUMED = re.compile(r"^(\d+) +(.*) <unfinished \.\.\.>$"), re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+|\?|0x[0-9a-f]+)(.*)$")


def parsed(lines):
    """(name, arguments, result) of each call in strace's log; those that were interrupted by another thread's in one piece."""
    open_calls = {}
    for line in lines:
        line = line.rstrip("\n")
        if started := STARTED.match(line):
            open_calls[started[1]] = f"{started[1]} {started[2]}"
            continue
        if resumed := RESUMED.match(line):
            line = open_calls.pop(resumed[1], resumed[1] + " ?(") + resumed[2]
        if call := CALL.match(line):
            yield call[1], call[2], call[3]


def plain(text):
    """The bytes that strace wrote as \\x.."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda byte: bytes([int(byte[1], 16)]), text.encode("latin-1"))


ARGUMENT = re.compile(r'(?:(AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"')


def paths_of(arguments):
    """The paths that a call names, resolved by the folders that strace shows beside them."""
    for _, folder, text in ARGUMENT.findall(arguments):
        yield os.path.normpath(os.path.join(plain(folder) or os.getcwdb(), plain(text)))


CHANGING = re.compile(
    r"^(rename|link|symlink|mkdir|mknod|unlink|rmdir|truncate|chmod|fchmodat|creat|utime|lchown|chown|fchownat|setxattr)"
)


def writes(calls):
    """(name, arguments, paths) of each call that would change what stands in a folder, whether it may or not."""
    for name, arguments, _ in calls:
        opens = name in ("open", "openat", "openat2") and re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)", arguments)
        if opens or CHANGING.match(name):
            yield name, arguments, list(paths_of(arguments))


def finish():
    harness.search()
    print(f"files-{PART}: {harness.passed} passed, {harness.failed} failed", flush=True)
    sys.exit(harness.failed != 0)


def quick_or_long(quick, long):
    return long if LONG else quick
