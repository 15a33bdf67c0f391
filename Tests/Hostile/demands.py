"""What is demanded of the client, for each operation that meets a mode: the table of retries and delivery, as values."""

from dataclasses import dataclass, field

READS = ("get", "download", "list", "model", "stream")
ENDS = ("cancel", "delete")
CREATES = ("create", "upload")
ALL = ("get", "create", "upload", "cancel", "delete")


@dataclass(frozen=True)
class Expect:
    """`outcome`: "value", "error" or "either". Empty sets are not judged. `requests`: of this call, least and most."""

    outcome: str
    kinds: frozenset = frozenset()
    words: tuple = ()
    delivery: frozenset = frozenset()
    requests: tuple = (0, 3)
    status: object = None
    attempts: object = None
    events: object = None  # the least number of events of a stream; or the whole list of their data
    detail: object = None
    seconds: tuple = (0, None)
    retry_after: object = None


def expect(outcome, kinds="", words=(), delivery="", requests=(0, 3), **more):
    words = (words,) if isinstance(words, str) else tuple(words)
    if isinstance(requests, int):
        requests = (requests, requests)
    return Expect(outcome, frozenset(kinds.split()), words, frozenset(delivery.split()), requests, **more)


@dataclass
class Demand:
    """By operation; `times`: how many requests are met, None for all of them."""

    by_operation: dict = field(default_factory=dict)
    times: object = None
    is_poison: bool = False
    options: dict = field(default_factory=dict)
    cell: dict = field(default_factory=dict)

    def but(self, **operations):
        """The same with other rows; None takes one out."""
        rows = {**self.by_operation, **operations}
        return Demand(
            {name: row for name, row in rows.items() if row is not None}, self.times, self.is_poison, self.options, self.cell
        )

    def of(self, *operations):
        rows = {name: self.by_operation[name] for name in operations}
        return Demand(rows, self.times, self.is_poison, self.options, self.cell)

    def with_options(self, **options):
        return Demand(self.by_operation, self.times, self.is_poison, {**self.options, **options}, self.cell)

    def with_cell(self, **cell):
        return Demand(self.by_operation, self.times, self.is_poison, self.options, {**self.cell, **cell})

    def met(self, times):
        return Demand(self.by_operation, times, self.is_poison, self.options, self.cell)


def rows(operations, **by_sort):
    """`reads`, `ends` and `creates` for the operations of each sort."""
    table = {}
    for operation in operations:
        sort = "creates" if operation in CREATES or operation == "run" else "ends" if operation in ENDS else "reads"
        table[operation] = by_sort[sort]
    return table


def unreached(words="", kinds="network", operations=(*ALL, "download")):
    """Nothing of a request can have arrived: everything is tried three times."""
    error = expect("error", kinds, words, requests=0, attempts=3)
    return Demand(rows(operations, reads=error, ends=error, creates=expect("error", kinds, words, "not_sent", 0, attempts=3)))


def lost(kinds="network truncated", words="", operations=(*ALL, "download")):
    """The first try may have arrived, and there is no answer. Later ones pass."""
    value = expect("value", requests=2)
    return Demand(
        rows(operations, reads=value, ends=value, creates=expect("error", kinds, words, "maybe_sent", 1, attempts=1)), times=1
    )


def lost_always(kinds="network truncated", words="", operations=(*ALL, "download")):
    error = expect("error", kinds, words, requests=3, attempts=3)
    return Demand(rows(operations, reads=error, ends=error, creates=expect("error", kinds, words, "maybe_sent", 1, attempts=1)))


def stalled(words="", operations=(*ALL, "download"), requests=1):
    """The deadline ends it, on time."""
    seconds = (1.9, None)
    error = expect("error", "timeout", words, requests=requests, seconds=seconds)
    return Demand(
        rows(
            operations,
            reads=error,
            ends=error,
            creates=expect("error", "timeout", words, "maybe_sent", requests, seconds=seconds),
        )
    )


def broken(kinds="protocol truncated network", words="", operations=("get", "create", "cancel", "download"), requests=(1, 3)):
    """An answer that cannot be taken, each time. Whether what only reads is tried again is the client's affair."""
    error = expect("error", kinds, words, requests=requests)
    return Demand(
        rows(operations, reads=error, ends=error, creates=expect("error", kinds, words, "maybe_sent", 1, attempts=1)),
        is_poison=True,
    )


def fine(operations=("get", "create", "download"), requests=1):
    value = expect("value", requests=requests)
    return Demand(rows(operations, reads=value, ends=value, creates=value))


def either(kinds="protocol truncated network", operations=("get", "create"), requests=(1, 3)):
    """What it means is the right answer, or a clean error."""
    row = expect("either", kinds, requests=requests)
    return Demand(rows(operations, reads=row, ends=row, creates=expect("either", kinds, (), "maybe_sent", 1)))


def transient(status, kinds="network", words="", operations=ALL, **more):
    """5xx, 408, 425: tried again where that is harmless; a create is not, since it may have been carried out."""
    error = expect("error", kinds, words, requests=3, status=status, attempts=3, **more)
    return Demand(
        rows(
            operations,
            reads=error,
            ends=error,
            creates=expect("error", kinds, words, "maybe_sent", 1, status=status, attempts=1, **more),
        )
    )


def refused(status, kinds, words="", operations=ALL, **more):
    """The server says no: once is enough."""
    error = expect("error", kinds, words, requests=1, status=status, attempts=1, **more)
    return Demand(
        rows(
            operations,
            reads=error,
            ends=error,
            creates=expect("error", kinds, words, "rejected", 1, status=status, attempts=1, **more),
        )
    )
