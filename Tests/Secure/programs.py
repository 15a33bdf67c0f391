"""Real programs to go through: proxies, nginx, and the sandbox behind it. Each is ended by its own handle."""

import os
import socket
import subprocess
import threading
import time

from harness import CERTIFICATES, WORK
from server import Listener

children = []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start(command, port, log):
    """Runs a server and waits until it takes connections."""
    with open(log, "ab") as file:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    children.append(child)
    end = time.monotonic() + 20
    while child.poll() is None and time.monotonic() < end:
        if listens(port):
            return True
        time.sleep(0.01)
    return False


def with_port(name, command):
    """A program that wants its port by name; another may have taken it meanwhile. Its port and its log."""
    for _ in range(5):
        port = free_port()
        log = f"{WORK}/{name}-{port}.log"
        if start(command(port, log), port, log):
            return port, log
    raise RuntimeError(f"{name} did not start: " + open(log, encoding="utf-8", errors="replace").read()[-300:])


def end_all():
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def tinyproxy(more=""):
    def command(port, log):
        text = f'Port {port}\nListen 127.0.0.1\nTimeout 30\nMaxClients 100\nLogLevel Info\nLogFile "{log}"\n{more}\n'
        return ["tinyproxy", "-d", "-c", write(f"{WORK}/tinyproxy-{port}.conf", text)]

    return with_port("tinyproxy", command)


def microsocks(*more):
    return with_port("microsocks", lambda port, _: ["microsocks", "-i", "127.0.0.1", "-p", str(port), *more])


def nginx(upstream):
    """TLS and HTTP/2 before a server. The log has a line for each request: connection, protocol, status, request."""

    def command(port, log):
        folder = f"{WORK}/nginx-{port}"
        os.mkdir(folder)
        with open(os.path.dirname(os.path.abspath(__file__)) + "/nginx.conf", encoding="utf-8") as file:
            text = file.read()
        values = {"PORT": port, "UPSTREAM": upstream, "FOLDER": folder, "CERTIFICATES": CERTIFICATES, "LOG": log + ".access"}
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        return ["nginx", "-e", log, "-c", write(f"{folder}/nginx.conf", text)]

    return with_port("nginx", command)


def sandbox():
    """Its port."""
    child = subprocess.Popen(
        [os.environ["SECURE_SANDBOX"], "--port", "0", "--print-url", "--until-stdin-closes", "--files-secret", "s3cret"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    children.append(child)
    url = child.stdout.readline().strip()
    return int(url.rsplit(":", 1)[1].split("/")[0])


class Tap(Listener):
    """A line to a port that keeps what goes over it, both ways: `up` and `down`. `made` puts TLS on its front."""

    def __init__(self, port, made=None):
        self.there, self.made, self.up, self.down = port, made, b"", b""
        super().__init__()

    def serve(self, _, connection):
        front = self.made.wrap_socket(connection, server_side=True) if self.made else connection
        with socket.create_connection(("127.0.0.1", self.there)) as back:
            other = threading.Thread(target=self.pass_on, args=(back, front, "down"), daemon=True)
            other.start()
            self.pass_on(front, back, "up")
            other.join()

    def pass_on(self, source, target, name):
        try:
            while data := source.recv(65536):
                with self.lock:
                    setattr(self, name, getattr(self, name) + data)
                target.sendall(data)
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
