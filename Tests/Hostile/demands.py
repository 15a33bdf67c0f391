"""What is demanded of the client, for each operation that meets a mode: the table of retries and delivery, as values."""

from dataclasses import dataclass, field

READS = ("get", "download", "list", "model", "stream")
ENDS = ("cancel", "delete")
CREATES = ("create", "upload")
ALL = ("get", "create", "upload", "cancel", "delete")
EACH = (*ALL, "download")
#: A delete is answered 204, which has no body to spoil; where that is the point, by 200 with one.
WITH_BODY = {"deleted": {"id": "f-1"}}


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
    written: object = None  # the most bytes of an answer that the server may have got rid of
    unsaid: tuple = ()  # words that the message must not have
    fields: tuple = ()  # of the value: (name, what it must be), or (name, least, most)
    prediction: object = None  # the id of the prediction that the error carries; True for the one that was created


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


def unreached(words="", kinds="network", operations=EACH):
    """Nothing of a request can have arrived: everything is tried three times."""
    error = expect("error", kinds, words, requests=0, attempts=3)
    return Demand(rows(operations, reads=error, ends=error, creates=expect("error", kinds, words, "not_sent", 0, attempts=3)))


def lost(kinds="network truncated", words="", operations=EACH):
    """The first try may have arrived, and there is no answer. Later ones pass."""
    value = expect("value", requests=2)
    return Demand(
        rows(operations, reads=value, ends=value, creates=expect("error", kinds, words, "maybe_sent", 1, attempts=1)), times=1
    )


def lost_always(kinds="network truncated", words="", operations=EACH):
    error = expect("error", kinds, words, requests=3, attempts=3)
    return Demand(rows(operations, reads=error, ends=error, creates=expect("error", kinds, words, "maybe_sent", 1, attempts=1)))


def stalled(words="", operations=EACH, requests=1):
    """The deadline of 2 s ends it, on time, and the error names that and what was waited for."""
    seconds = (1.9, None)
    words = ("total timeout of 2000 ms", f"while {words}")
    error = expect("error", "timeout", words, requests=requests, seconds=seconds)
    return Demand(
        rows(
            operations,
            reads=error,
            ends=error,
            creates=expect("error", "timeout", words, "maybe_sent", requests, seconds=seconds),
        )
    )


#: How often a cancel and a delete are sent where the answer cannot be taken: once after the status line of a 2xx, since it is
#: done then; again where not even a status came.
DONE, UNHEARD = (1, 1), (3, 3)
#: Of a 2xx whose head contradicts itself the table says nothing.
UNTOLD = (1, 3)


def broken(kinds="protocol truncated network", words="", operations=EACH, requests=3, ends=DONE, download=(1, 3)):
    """An answer that cannot be taken, each time. What only reads is tried again, up to the limit; a create is not. `ends`: of
    a cancel and a delete, as above."""
    error = expect("error", kinds, words, requests=requests)
    demand = Demand(
        rows(
            operations,
            reads=error,
            ends=expect("error", kinds, words, requests=ends),
            creates=expect("error", kinds, words, "maybe_sent", 1, attempts=1),
        ),
        is_poison=True,
        cell=WITH_BODY,
    )
    return demand.but(download=expect("error", kinds, words, requests=download)) if "download" in operations else demand


def broken_once(kinds="truncated", operations=EACH):
    """The body of a 2xx is cut, the first time: what reads is tried again and passes; all others are not, since it is done."""
    error = expect("error", kinds, requests=1, attempts=1)
    return Demand(
        rows(
            operations,
            reads=expect("value", requests=2),
            ends=error,
            creates=expect("error", kinds, (), "maybe_sent", 1, attempts=1),
        ),
        times=1,
        is_poison=True,
        cell=WITH_BODY,
    )


def unreadable(words="", operations=ALL):
    """A whole 2xx that is not the JSON that is due: what reads is tried again, all others are not. Of a create nobody knows
    then; what was deleted is gone, whatever the server says to it."""
    error = expect("error", "protocol", words, requests=1, attempts=1)
    demand = Demand(
        rows(
            operations,
            reads=expect("error", "protocol", words, requests=3, attempts=3),
            ends=error,
            creates=expect("error", "protocol", words, "maybe_sent", 1, attempts=1),
        ),
        cell=WITH_BODY,
    )
    return demand.but(delete=expect("value", requests=1)) if "delete" in operations else demand


def fine(operations=EACH, requests=1):
    value = expect("value", requests=requests)
    return Demand(rows(operations, reads=value, ends=value, creates=value), cell=WITH_BODY)


def either(kinds="protocol truncated network", operations=EACH, requests=(1, 3)):
    """What it means is the right answer, or a clean error."""
    row = expect("either", kinds, requests=requests)
    creates = expect("either", kinds, (), "maybe_sent", 1)
    return Demand(rows(operations, reads=row, ends=row, creates=creates), cell=WITH_BODY)


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
