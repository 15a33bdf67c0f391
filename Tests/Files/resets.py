"""R18: the server resets the connection in the midst of an upload, at each tenth, plain and under TLS; the host lives, with its
own handlers. The host is reset_host.c; with SIGPIPE left at its default such a signal would be its end."""

import itertools
import re
import subprocess

from common import certificate, finish, quick_or_long
from harness import WORK, Row, check
from server import Listener, reset

SIZE = quick_or_long(5_000_000, 50_000_000)
TENTHS = quick_or_long((5,), tuple(range(1, 10)))
ENDS = ("reset", "close", "half")


def build():
    command = f"""cc -std=gnu11 -g -O1 -Wall -Wextra -Wpedantic -Werror -pthread -ITests/C -Ibuild/include
        Tests/Files/reset_host.c Tests/C/support.c Tests/C/process.c
        -o {WORK}/reset_host -Lbuild/lib -lreplicate -Wl,-rpath,build/lib"""
    built = subprocess.run(command.split(), capture_output=True, text=True, check=False)
    return check(built.returncode == 0, f"the host does not compile: {built.stderr[-500:]}")


class Resetting(Listener):
    """Reads some tenths of what is sent, another number each time, and ends the connection, each time in another way."""

    def __init__(self, made=None):
        self.made, self.turns, self.met = made, itertools.cycle(itertools.product(TENTHS, ENDS)), []
        super().__init__(self.take)

    def take(self, _, connection):
        with self.lock:
            tenth, end = next(self.turns)
        stream = self.made.wrap_socket(connection, server_side=True) if self.made else connection
        left, room = SIZE * tenth // 10, memoryview(bytearray(1 << 16))
        while left > 0:
            count = stream.recv_into(room, min(left, 1 << 16))
            if count == 0:
                return
            left -= count
        self.met.append((tenth, end))
        if end == "half" and not self.made:
            # Its FIN first, so that the client learns of the reset by writing.
            connection.shutdown(1)
        if end == "reset":
            # Into the midst of what is on its way.
            reset(connection)
        # What is unread makes a reset of each close.
        stream.close()


def run():
    row = Row(
        "R18",
        "the server resets a 50 MB upload in its midst: 0 deaths, the host's SIGPIPE, SIGCHLD and SIGINT handlers unchanged",
    )
    uploads = len(TENTHS) * len(ENDS)
    total = 0
    shown = []
    for name, made in (("http", None), ("https", certificate())):
        for pipe in ("default", "own"):
            server = Resetting(made)
            url = f"{name}://127.0.0.1:{server.port}/v1"
            ca = f"{WORK}/ca.pem" if made else "-"
            host = subprocess.run(
                [f"{WORK}/reset_host", url, ca, str(SIZE), str(uploads), pipe],
                capture_output=True,
                text=True,
                timeout=400,
                check=False,
                # Python leaves SIGPIPE ignored in its children otherwise.
                restore_signals=True,
            )
            text = f"{name}, SIGPIPE {pipe}"
            row.check(host.returncode == 0, f"{text}: exit code {host.returncode}: {host.stderr[-300:]}")
            counted = re.search(r"^uploads: (\d+)$", host.stdout, re.M)
            row.check(counted and int(counted[1]) == uploads, f"{text}: {host.stdout}")
            sums = re.search(r"^reset_host: (\d+) passed, 0 failed$", host.stdout, re.M)
            row.check(sums, f"{text}: {host.stdout}")
            row.check(len(server.met) == uploads, f"{text}: {len(server.met)} uploads were met")
            total += len(server.met)
            shown.append(text)
            server.close()
    row.say(f"{total} uploads of {SIZE} bytes ended at {len(TENTHS)} places in {len(ENDS)} ways ({'; '.join(shown)})")


if build():
    run()
check(True, "it came to its end")
finish()
