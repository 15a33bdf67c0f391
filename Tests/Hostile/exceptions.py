"""What libcurl makes impossible, mode by mode, with the words by which the header says so. An exception excuses one problem, in
the operations that it names; whatever else is wrong in such a cell is a failure as in any other."""

import os
import re
from dataclasses import dataclass

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "include", "replicate.h")

@dataclass(frozen=True)
class Exempt:
    """`problem`: the whole of what the judge says, as a pattern. `words`: the header's."""

    operations: frozenset
    problem: re.Pattern
    words: str


EXCEPTIONS = {
    # The stranger has another id, by which it is refused; the answer itself never reaches the caller.
    "F62": Exempt(
        frozenset(("get", "create", "upload", "cancel", "delete")),
        re.compile(
            r'the call after it failed: protocol: the answer is not the one that was asked for, but "p-9"'
            r"|the connection was open for [0-9.]+ s after the fault"
        ),
        "is taken for the answer to the next request",
    ),
    # What is read is whole, and JSON; of the trailer bytes are missing.
    "F102/tail": Exempt(
        frozenset(("get", "create")),
        re.compile("a value where an error is due"),
        "lacks some of gzip's last 8 bytes",
    ),
}


def header():
    with open(HEADER, encoding="utf-8") as file:
        return file.read()


def kinds_of(path, begin, end, pattern):
    with open(os.path.join(os.path.dirname(HEADER), "..", path), encoding="utf-8") as file:
        part = file.read().split(begin, 1)[1].split(end, 1)[0]
    return set(re.findall(pattern, part, re.MULTILINE))


def kinds_not_as_published(seen):
    """The kinds of errors that a document names and no mode raises, or the other way round. "internal", a fault of ours, is raised
    by none of them (but by a fork, by want of memory, threads or descriptors: Tests/Faults)."""
    part = header().split("replicate_error_kind(")[0].rsplit("/*", 1)[1]
    published = {
        "the header": set(re.findall(r'^ +"([a-z_]+)" ', part, re.MULTILINE)),
        "types.lua": kinds_of("lua/replicate/types.lua", "---@field kind ", "\n", r'"([a-z_]+)"'),
        "the README": {
            kind
            for row in kinds_of("README.md", "| kind | what |", "\n\n", r"^\| (`[a-z_`, ]+`) \|")
            for kind in re.findall("[a-z_]+", row)
        },
    }
    problems = []
    for where, kinds in published.items():
        problems += [f"no mode raises {kind}" for kind in sorted(kinds - seen - {"internal"})]
        problems += [f"{where} does not name {kind}" for kind in sorted((seen | {"internal"}) - kinds)]
    return problems


def unpublished():
    """The exceptions that the header does not tell of."""
    text = re.sub(r"[\s*]+", " ", header())
    return [mode for mode, exempt in EXCEPTIONS.items() if exempt.words not in text]


def concerns(mode):
    """Whether of that mode the header says that libcurl gets something wrong."""
    return mode in EXCEPTIONS


def covers(cell, problem):
    """Whether that problem of the cell ("F62 get") is the one that libcurl is to blame for."""
    mode, _, operation = cell.partition(" ")
    exempt = EXCEPTIONS.get(mode)
    return exempt is not None and operation in exempt.operations and exempt.problem.fullmatch(problem) is not None


def excuses(cell, problems):
    """Whether there are problems, and all of them are excused."""
    return bool(problems) and all(covers(cell, each) for each in problems)
