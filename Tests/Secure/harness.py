"""What the tests here share: checks and rows that are counted, and Lua programs that do what they are told.

What a Lua program is told is Lua: `lua.run('return new{…}.account:get()')` gives what came of it as a dictionary."""

import json
import os
import queue
import subprocess
import sys
import threading
import time

CANARY = os.environ["CANARY_TOKEN"]
SECRET = os.environ["CANARY_SECRET"]
WORK = os.environ["SECURE_WORK"]
CERTIFICATES = WORK + "/certificates"
LONG = os.environ.get("SECURE_MODE") == "long"
HERE = os.path.dirname(os.path.abspath(__file__))
PART = os.path.basename(sys.argv[0])[:-3]

passed = failed = 0
lock = threading.Lock()


def check(ok, what):
    """Counts; says what failed."""
    global passed, failed
    with lock:
        passed, failed = passed + bool(ok), failed + (not ok)
        if not ok:
            print(f"FAILED {what}"[:600], flush=True)
    return bool(ok)


class Row:
    """A row of the table of demands: it is met if each of its checks is."""

    def __init__(self, name, demand):
        self.name, self.demand, self.good, self.bad = name, demand, 0, 0

    def check(self, ok, what):
        ok = check(ok, f"{self.name}: {what}")
        with lock:
            self.good, self.bad = self.good + ok, self.bad + (not ok)
        return ok

    def say(self, measured):
        ok = self.good > 0 and self.bad == 0
        text = f"{measured}; {self.good} of {self.good + self.bad} checks"
        print("row", self.name, self.demand, text, "ok" if ok else "missed", sep="\t", flush=True)


def search(asks=True):
    """Whatever Lua programs said in this part, on both ways, holds no canary; REPLICATE_LOG had them tell of each request. `asks` is
    false of a part whose programs ask no server for anything."""
    paths = [f"{WORK}/{each}-{PART}" for each in ("said", "errors") if os.path.exists(f"{WORK}/{each}-{PART}")]
    if paths:
        row = Row(
            "R58", f"what programs and the library's log at its highest level said in {PART} holds no canary, nor a form of it"
        )
        found = subprocess.run([HERE + "/canary", *paths], capture_output=True, text=True, check=False)
        row.check(found.returncode == 0, found.stdout + found.stderr)
        logged = open(f"{WORK}/errors-{PART}", "rb").read()
        row.check((b"replicate: " in logged) == asks, "the log was not written, or of a part that asks for nothing")
        row.check(b"-passw0rd" not in logged, "the log holds a password")
        row.say(found.stdout.splitlines()[-1] + f", {sum(map(os.path.getsize, paths))} bytes")


def finish():
    search()
    print(f"secure-{PART}: {passed} passed, {failed} failed", flush=True)
    sys.exit(failed != 0)


def lua_text(text):
    """A Lua string of any bytes, for every Lua."""
    data = text.encode() if isinstance(text, str) else text
    return '"' + "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\' else f"\\{b:03d}" for b in data) + '"'


class Lua:
    """A Lua program that runs chunks, one after another; `under` is a command that runs it, such as strace."""

    def __init__(self, environment=None, token=CANARY, chunk="", under=()):
        variables = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy") and not k.startswith("SSL_CERT")}
        for name in ("REPLICATE_BASE_URL", "CANARY_TOKEN", "CANARY_SECRET"):
            variables.pop(name, None)
        variables.update(environment or {})
        variables.update(REPLICATE_API_TOKEN=token, REPLICATE_LOG="debug")
        self.said, self.errors = open(f"{WORK}/said-{PART}", "ab"), open(f"{WORK}/errors-{PART}", "ab")
        self.process = subprocess.Popen(
            [*under, os.environ.get("REPLICATE_LUA_COMMAND", "lua5.4"), HERE + "/client.lua"],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
        )
        if chunk:
            self.run(chunk)

    def run(self, chunk, timeout=60):
        """What came of it: `value`, `err` (with its fields), `raised`, `seconds`; `ended` if the program did not survive it."""
        data, start = chunk.encode(), time.monotonic()
        watch = threading.Timer(timeout, self.process.kill)
        watch.start()
        try:
            self.process.stdin.write(b"%d\n" % len(data) + data)
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            watch.cancel()
        self.said.write(line)
        answer = json.loads(line) if line else {"ended": self.process.wait()}
        answer["seconds"] = time.monotonic() - start
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.said.close()
        self.errors.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def kind(answer):
    """In one word: "value", the kind of the error, "raised" or "ended"."""
    if "ended" in answer or "raised" in answer:
        return "ended" if "ended" in answer else "raised"
    return answer["err"].get("kind", "no kind") if "err" in answer else "value"


def shown(answer):
    return json.dumps({k: v for k, v in answer.items() if k != "seconds"})[:400]


def side_by_side(jobs, make, count=4):
    """Runs each of `jobs`, functions of a Lua program, in `count` programs at once."""
    waiting = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)

    def work():
        with make() as lua:
            while True:
                try:
                    job = waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    job(lua)
                except Exception as error:
                    check(False, f"a job ended badly: {error!r}")

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def eventually(condition, seconds=10):
    """For what another thread or process is about to know."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()
