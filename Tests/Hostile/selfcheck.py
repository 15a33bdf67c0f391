"""Whether the judge sees what it is there for: a client that does everything wrong, over plain sockets."""

import socket
import tempfile
import time

import cells as table_of_cells
import exceptions
import judge
import modes
from truth import CANARY


def send(cell, listener, text, body=b"", answer=True):
    """One request as a client would send it, on a connection of its own."""
    port = cell.scenario.server.ports[listener]
    path = cell.scenario.prefix
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        head = text.replace("{}", path) + f"Host: x\r\nX-Nonce: {cell.nonce}\r\nContent-Length: {len(body)}\r\n\r\n"
        sock.sendall(head.encode() + body)
        try:
            while answer and sock.recv(65536):
                if cell.mode.name.startswith("F4"):  # the connection goes on
                    break
        except OSError:
            pass
    time.sleep(0.05)  # until the server has noted what it said


CREATE = "POST {}/v1/predictions HTTP/1.1\r\n"
GET = "GET {}/v1/predictions/p-1 HTTP/1.1\r\n"


def twice(cell):
    send(cell, "api", CREATE, b"{}")
    send(cell, "api", CREATE, b"{}")
    return {"error": {"kind": "network", "delivery": "maybe_sent", "attempts": 1}}


def wrong_delivery(cell):
    send(cell, "api", CREATE, b"{}")
    return {"error": {"kind": "network", "delivery": "not_sent", "attempts": 1}}


def sent_yet_not_sent(cell):
    """Not even the whole of it: its head is enough."""
    send(cell, "api", "POST {}/v1/files HTTP/1.1\r\nContent-Length: 100\r\n", answer=False)
    time.sleep(0.1)
    return {"error": {"kind": "network", "delivery": "not_sent", "attempts": 1}}


def rejected_by_nobody(cell):
    send(cell, "api", CREATE, b"{}")
    return {"error": {"kind": "network", "delivery": "rejected", "attempts": 1}}


def maybe_though_refused(cell):
    send(cell, "api", CREATE, b"{}")
    return {"error": {"kind": "invalid_input", "delivery": "maybe_sent", "attempts": 1, "status": 422}}


def half_as_whole(cell):
    send(cell, "api", GET)
    return {"value": {"nonce": cell.nonce}}


def strangers_answer(cell):
    send(cell, "api", GET)
    return {"value": {"nonce": "a stranger's"}}


def token_elsewhere(cell):
    send(cell, "api", GET)
    send(cell, "other", f"GET {{}}/file/x HTTP/1.1\r\nAuthorization: Bearer {CANARY}\r\n")
    return {"value": {"nonce": cell.nonce}}


def raw_line(cell):
    send(cell, "api", "GET {}/v1/predictions/../p-1 HTTP/1.1\r\n")
    return {"value": {"nonce": cell.nonce}}


def four_tries(cell):
    for _ in range(4):
        send(cell, "api", GET)
    return {"error": {"kind": "network", "attempts": 3}}


def late(cell):
    send(cell, "api", GET)
    return {"value": {"nonce": cell.nonce}, "seconds": 3.5}


def after_the_deadline(cell):
    send(cell, "api", GET)
    return {"value": {"nonce": cell.nonce}, "start": time.monotonic() - cell.deadline - 1}


def holds_on(cell):
    """To a connection whose answer was cut: it is not closed while anybody looks."""
    with socket.create_connection(("127.0.0.1", cell.scenario.server.ports["api"]), timeout=5) as sock:
        sock.sendall((GET.replace("{}", cell.scenario.prefix) + f"Host: x\r\nX-Nonce: {cell.nonce}\r\n\r\n").encode())
        time.sleep(judge.CLOSED + judge.BUSY + 0.3)
        return {"error": {"kind": "truncated"}}


def wrong_kind(cell):
    for _ in range(3):
        send(cell, "api", GET)
    return {"error": {"kind": "internal", "attempts": 3}}


def nothing(cell):
    return None


def half_a_file(cell):
    with open(cell.path, "wb") as file:
        file.write(b"half")
    return {"value": {"nonce": cell.nonce}}


#: What is done wrong, in which cell, and a word of what the judge is to say.
WRONGS = [
    (twice, "F10", "create", "2 whole bodies"),
    (wrong_delivery, "F10", "create", "not_sent, but"),
    (sent_yet_not_sent, "F17", "upload", "not_sent, but"),
    (rejected_by_nobody, "F10", "create", "rejected, but the last status was None"),
    (rejected_by_nobody, "F40", "create", "rejected, but the last status was 500"),
    (rejected_by_nobody, "F47/408", "create", "rejected, but the last status was 408"),
    (maybe_though_refused, "F48/422", "create", "maybe_sent, but the server said 422"),
    (half_as_whole, "F20", "get", "a value where an error is due"),
    (strangers_answer, "F40/good", "get", "another's"),
    (token_elsewhere, "F40/good", "get", "the token was sent"),
    (raw_line, "F40/good", "get", "not clean"),
    (four_tries, "F10/always", "get", "4 requests"),
    (late, "F40/good", "get", "it took 3.50 s"),
    (after_the_deadline, "F40/good", "get", "s after the call, with 2 s for it"),
    (holds_on, "F20", "get", "open for"),
    (wrong_kind, "F10/always", "get", "the kind should be"),
    (nothing, "F12", "get", "said nothing"),
    (half_a_file, "F67", "download", "not whole"),
]


STRANGER = 'the call after it failed: protocol: the answer is not the one that was asked for, but "p-9"'
VALUE = "a value where an error is due"
#: A cell, its problems, and whether an exception excuses them.
EXCUSES = [
    ("F62 get", [STRANGER], True),
    ("F62 get", [], False),
    ("F62 get", [STRANGER, "the call after it got another's answer: a stranger's"], False),
    ("F62 create", ["2 whole bodies of one create"], False),
    ("F62 download", [STRANGER], False),
    ("F62/line-ends get", [STRANGER], False),
    ("F102/tail get", [VALUE], True),
    ("F102/tail download", [VALUE], False),
    ("F102/tail create", ["the token was sent to the origin other"], False),
    ("F20 get", [VALUE], False),
]


def excuses():
    for cell, problems, is_excused in EXCUSES:
        if exceptions.excuses(cell, problems) != is_excused:
            yield f"{cell}: {problems} {'fails' if is_excused else 'is excused'}"


def run(server, report):
    report.check("what exceptions excuse", list(excuses()))
    with tempfile.TemporaryDirectory() as folder:
        for number, (wrong, mode, operation, words) in enumerate(WRONGS):
            cell = table_of_cells.Cell(server, modes.TABLE[mode], operation, folder, 1, number)
            result = wrong(cell)
            if result is not None:
                result = {"name": cell.name, "start": time.monotonic(), "seconds": 0.1, "plain": {"ok": True}, **result}
            said = [*judge.of_log(cell, result), *judge.of_client(cell, result)]
            is_seen = any(words in each for each in said)
            report.check(f"the judge sees {wrong.__name__} in {mode}", [] if is_seen else [f"it said {said}"])
