"""A resolver that never answers (F06): getaddrinfo waits for it in a thread of libcurl's, and no call, cancel, close or end of a
process waits for that thread. In a network of its own, where the resolver's port is free."""

import os
import socket
import subprocess
import time

from harness import WORK, Lua, Row, check, eventually, finish, kind, shown

RESOLVER = WORK + "/resolv.conf"


def enter():
    """Begins this program anew in a network of its own, whose resolver is the one below."""
    with open(RESOLVER, "w", encoding="ascii") as file:
        file.write("nameserver 127.0.0.1\noptions timeout:30 attempts:3\n")
    script = 'ip link set lo up && mount --bind "$RESOLVER" /etc/resolv.conf && exec python3 "$0"'
    command = ["unshare", "--net", "--mount", "bash", "-c", script, os.path.abspath(__file__)]
    os.execvpe(command[0], command, {**os.environ, "RESOLVER": RESOLVER})


class Silent:
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.socket.setblocking(False)
        self.asked = b""

    def was_asked(self, name):
        try:
            while True:
                self.asked += self.socket.recv(512)
        except BlockingIOError:
            return name.encode() in self.asked


CALLS = {
    "get": "return c.account:get()",
    "create": 'return c.predictions:create{version=("a"):rep(64), input={}}',
    "cancel": 'return c.predictions:cancel("abc")',
    "upload": 'return c.files:create(replicate.bytes("x", {name="x"}))',
    "run": 'return c:run("a/b", {input={}})',
}
LIMITS = {"timeout=1": "total timeout of 1000 ms", "timeout=9, connect_timeout=0.5": "connect timeout of 500 ms"}


def deadlines(silent):
    row = Row("F06", "a resolver that never answers: a deadline of 1 s and a connect timeout of 0.5 s hold, and say so")
    slowest = 0
    for number, (name, call) in enumerate(CALLS.items()):
        for options, words in LIMITS.items():
            host = f"h{number}{words[0]}"
            with Lua() as lua:
                answer = lua.run(f'local c = new{{base_url="https://{host}.silent.test/v1", {options}}} {call}')
            error = answer.get("err", {})
            row.check(kind(answer) == "timeout", f"{name} {options}: {shown(answer)}")
            row.check(words in error.get("message", "") and "resolving the name" in error.get("message", ""), shown(answer))
            row.check(error.get("delivery") == (None if name in ("get", "cancel") else "not_sent"), shown(answer))
            row.check(answer["seconds"] < 2, f"{name} {options} took {answer['seconds']:.2f} s")
            row.check(eventually(lambda host=host: silent.was_asked(host), 2), f"nobody asked for {host}")
            slowest = max(slowest, answer["seconds"])
    row.say(f"{len(CALLS)} calls, the slowest took {slowest:.2f} s")


def ends(silent):
    row = Row("F06", "a resolver that never answers: a cancel, a close and the end of a process do not wait for it")
    with Lua() as lua:
        asks = 'kept.c = new{base_url="https://ends.silent.test/v1", timeout=60} '
        asks += "kept.r = kept.c.account:get(function(_, e) kept.e = e end)"
        lua.run(asks + " kept.c:poll(0.2)")
        row.check(eventually(lambda: silent.was_asked("ends"), 2), "nobody asked")
        canceled = lua.run("kept.r:cancel() kept.c:loop() return nil, kept.e")
        row.check(kind(canceled) == "canceled" and canceled["seconds"] < 1, shown(canceled))
        lua.run(asks + " kept.c:poll(0.2)")
        closed = lua.run("kept.c:close() return nil, kept.e")
        row.check(kind(closed) == "canceled" and closed["seconds"] < 1, shown(closed))
    start = time.monotonic()
    script = 'local c = require("replicate").new{base_url="https://left.silent.test/v1"} c.account:get(print) c:poll(0.2)'
    left = subprocess.run(
        [os.environ.get("REPLICATE_LUA_COMMAND", "lua5.4"), "-e", script], capture_output=True, timeout=60, check=False
    )
    seconds = time.monotonic() - start
    row.check(left.returncode == 0 and seconds < 2, f"the process ended with {left.returncode} in {seconds:.2f} s: {left.stderr}")
    row.say(f"a cancel in {canceled['seconds']:.2f} s, a close in {closed['seconds']:.2f} s, a process in {seconds:.2f} s")


if "RESOLVER" not in os.environ:
    enter()
silent_resolver = Silent()
deadlines(silent_resolver)
ends(silent_resolver)
check(True, "it came to its end")
finish()
