"""F34 to F39: status lines, header lines, and answers before the answer."""

from demands import UNHEARD, UNTOLD, broken, either, fine
from exchange import FIN
from modes import mode


def status_line(x, line):
    yield line + b"\r\n" + x.head().split(b"\r\n", 1)[1] + x.body
    yield FIN


BAD = {
    "2.0": b"HTTP/2.0 200 OK",
    "1.2": b"HTTP/1.2 200 OK",
    "99": b"HTTP/1.1 99 Low",
    "1000": b"HTTP/1.1 1000 High",
    "minus": b"HTTP/1.1 -1 Minus",
    "digits": b"HTTP/1.1 " + b"2" * 100 + b" OK",
    "word": b"HTTP/1.1 OK",
    "name": b"HTPT/1.1 200 OK",
    "9.9": b"HTTP/9.9 200 OK",
    "000": b"HTTP/1.1 000 Zero",
}
for name, line in BAD.items():
    mode(f"F34/{name}", broken("protocol network truncated", ends=UNHEARD), line=line)(status_line)
for name, line in {"no-reason": b"HTTP/1.1 200", "space": b"HTTP/1.1 200 "}.items():
    mode(f"F34/{name}", either(), line=line)(status_line)


@mode("F34/lone-lf", either())
def lone_line_feeds(x):
    yield x.head().replace(b"\r\n", b"\n") + x.body


def header_line(x, line):
    yield x.head()[:-2] + line + b"\r\n\r\n" + x.body
    yield FIN


for name, line in {
    "nul": b"X-A: a\0b",
    "stray-cr": b"X-A: a\rX-B: b",
    "no-colon": b"X-A",
    "space-before": b"X-A : b",
    "nul-name": b"X\0A: b",
    "no-name": b": b",
}.items():
    mode(f"F35/{name}", broken("protocol", ends=UNTOLD), line=line)(header_line)
mode("F35/8-bit", fine(), line="X-A: caf\u00e9 \u2603".encode())(header_line)
mode("F38", either(), line=b"X-A: a\r\n b")(header_line)


# On a handle that has been used before, libcurl 7.88 takes this for more of the earlier answer's last header, which is freed.
@mode("F38/first", either().with_cell(warm=True), is_alone=True)
def folded_first_line(x):
    first, rest = x.head().split(b"\r\n", 1)
    yield first + b"\r\n" + b" X-A: " + b"b" * 200 + b"\r\n" + rest + x.body
    yield FIN


@mode("F36", broken("protocol", requests=1))
def endless_line(x):
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    for _ in range(100):
        yield b"a" * (1 << 20)
    yield FIN


@mode("F37", broken("protocol", requests=1))
def endless_headers(x):
    yield b"HTTP/1.1 200 OK\r\n"
    for _ in range(1000):
        yield b"X-A: b\r\n" * 10_000
    yield FIN


def before(x, heads):
    for head in heads:
        yield head
    yield x.good()


FEW = {
    "100": [b"HTTP/1.1 100 Continue\r\n\r\n"],
    "102": [b"HTTP/1.1 102 Processing\r\n\r\n"],
    "103": [b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"],
    "ten": [b"HTTP/1.1 102 Processing\r\n\r\n"] * 10,
}
for name, heads in FEW.items():
    mode(f"F39/{name}", fine(), heads=heads)(before)


@mode("F39/many", broken("protocol", requests=1))
def endless_interim_answers(x):
    for _ in range(100):
        yield b"HTTP/1.1 102 Processing\r\n\r\n" * 1000
    yield x.good()


@mode("F39/101", broken("protocol network truncated", ends=UNTOLD))
def switches(x):
    yield b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + x.good()
    yield FIN


@mode("F39/length", either())
def interim_with_a_length(x):
    yield b"HTTP/1.1 102 Processing\r\nContent-Length: 2\r\n\r\n" + x.good()
    yield FIN
