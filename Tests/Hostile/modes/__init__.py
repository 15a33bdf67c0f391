"""The table of modes: a name, such as "F22" or "F23/sign", a small generator, and what is demanded of the client."""

from dataclasses import dataclass
from typing import Callable

TABLE = {}


@dataclass(frozen=True)
class Mode:
    """`when` it begins: "request", once the request is there; "head", before its body is read; "accept", before anything is;
    "dead" and "full": no connection is made at all, until the scenario is healed."""

    name: str
    run: Callable
    when: str
    demand: object
    args: dict
    is_long: bool
    is_alone: bool = False  # in a process of its own, for what it may do to that

    @property
    def family(self):
        return self.name.split("/")[0]


def mode(name, demand=None, when="request", is_long=False, is_alone=False, **args):
    """Puts a generator into the table; may stand above one more than once, with other names and arguments."""

    def put(function):
        assert name not in TABLE, name
        run = (lambda x: function(x, **args)) if args else function
        TABLE[name] = Mode(name, run, when, demand, args, is_long, is_alone)
        return function

    return put


from modes import (  # noqa: E402, F401
    answers,
    api,
    bodies,
    compression,
    connections,
    framing,
    heads,
    made,
    outputs,
    reach,
    redirects,
    status_lines,
    streams,
    waits,
)
