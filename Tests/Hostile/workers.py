"""Runs cells in processes of Lua, which have the library inside, and collects what they print."""

import importlib.machinery
import importlib.util
import json
import os
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

from truth import CANARY

HERE = os.path.dirname(os.path.abspath(__file__))
LOADER = importlib.machinery.SourceFileLoader("canary", os.path.join(HERE, "..", "Secure", "canary"))
canary = importlib.util.module_from_spec(importlib.util.spec_from_loader("canary", LOADER))
LOADER.exec_module(canary)
LUA = os.environ.get("HOSTILE_LUA") or os.environ.get("REPLICATE_LUA_COMMAND", "lua5.4")


class Worker:
    """One process; its results by the names of the cells, and what it wrote besides."""

    def __init__(self, cells, concurrency, script="client.lua", environment=None):
        self.results, self.lines = {}, []
        self._said = []
        # At the highest level, but where each call's time counts.
        log = {"REPLICATE_LOG": "debug"} if script == "client.lua" else {}
        handle, self._path = tempfile.mkstemp(suffix=".cells")
        with os.fdopen(handle, "w") as file:
            for cell in cells:
                file.write(json.dumps(cell) + "\n")
        self.process = subprocess.Popen(
            [LUA, os.path.join(HERE, script), self._path, str(concurrency)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**(environment or os.environ), **log},
        )
        self._errors = []
        self._threads = [threading.Thread(target=self._read), threading.Thread(target=self._read_errors)]
        for thread in self._threads:
            thread.start()

    def _read(self):
        for line in self.process.stdout:
            self._said.append(line)
            try:
                result = json.loads(line)
            except ValueError:
                self.lines.append(line.rstrip())
                continue
            self.results[result.get("name")] = result

    def _read_errors(self):
        for line in self.process.stderr:
            self._said.append(line)
            self._errors.append(line.rstrip())

    def wait(self, timeout):
        """Its exit status; that of a signal is below 0."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._errors.append(f"killed after {timeout} s")
            self.process.kill()
            self.process.wait()
        for thread in self._threads:
            thread.join()
        os.unlink(self._path)
        return self.process.returncode

    @property
    def errors(self):
        return [line for line in self._errors if line]

    @property
    def leaks(self):
        """In which forms the token stands in what it printed."""
        said = "".join(self._said).encode("utf-8", "surrogatepass")
        return [form for _, form in canary.hits(said, [("the token", CANARY.encode())])]


def run(cells, processes=2, concurrency=24, timeout=300, **more):
    """(results by name, problems). The long cells come first, so that all end together."""
    results, problems = {}, []
    workers = [Worker(cells[index::processes], concurrency, **more) for index in range(processes) if cells[index::processes]]
    for worker in workers:
        status = worker.wait(timeout)
        results.update(worker.results)
        if status != 0:
            problems.append(f"a client ended with status {status}: {' / '.join(worker.errors[-3:])[:600]}")
        if worker.leaks:
            problems.append(f"the token stands in what a client printed: {', '.join(worker.leaks)}")
    return results, problems


def run_alone(cells, timeout=30):
    """Each in a process of its own, a few at once: what one of them does to its process is its alone."""
    results, problems = {}, []
    with ThreadPoolExecutor(6) as pool:
        for found, wrong in pool.map(lambda cell: run([cell], 1, 1, timeout), cells):
            results.update(found)
            problems += wrong
    return results, problems
