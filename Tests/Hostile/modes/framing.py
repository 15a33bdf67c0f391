"""F20 to F33: where a body ends."""

from demands import UNHEARD, UNTOLD, WITH_BODY, broken, broken_once, either, expect, fine, ALL, Demand
from exchange import FIN, RST, STALL, Pause
from modes import mode


@mode("F20", broken("truncated"))
@mode("F20/once", broken_once())
def short(x):
    yield x.head() + x.body[:-5]
    yield FIN


@mode("F21", broken("truncated network"))
def short_and_reset(x):
    yield x.head() + x.body[:-5]
    yield RST


@mode("F20/empty", broken("truncated"))
def nothing_of_it(x):
    yield x.head()
    yield FIN


@mode("F22", broken("truncated"))
@mode("F22/once", broken_once())
@mode("F22/half", broken("truncated"), last=b"0\r\n")
@mode("F22/size", broken("truncated"), last=b"5")
def no_last_chunk(x, last=b""):
    yield x.chunked(last=last)
    yield FIN


@mode("F22/reset", broken("truncated network"))
def no_last_chunk_and_reset(x):
    yield x.chunked(last=b"")
    yield RST


SIZES = {
    "F23/word": b"zz",
    "F23/empty": b"",
    "F23/plus": b"+64",
    "F23/minus": b"-64",
    "F23/0x": b"0x64",
    "F23/space": b" 64",
    "F24/2^63": b"8000000000000000",
    "F24/2^64": b"10000000000000000",
    "F24/digits": b"11111111111111111",
    "F24/zeros": b"0" * 1000 + b"64",
}


def chunk_size(x, size):
    body = x.body
    yield (
        x.head("Transfer-Encoding: chunked", length=None)
        + size
        + b"\r\n"
        + body[:100]
        + b"\r\n"
        + x.chunks(body[100:])
        + b"0\r\n\r\n"
    )
    yield FIN


for name, size in SIZES.items():
    mode(name, broken("protocol truncated network"), size=size)(chunk_size)


@mode("F25/short", fine())
def extension(x):
    yield x.head("Transfer-Encoding: chunked", length=None)
    yield b'%x;name="value"\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n' % (len(x.body), x.body)


@mode("F25/extension", either())
def long_extension(x):
    yield x.head("Transfer-Encoding: chunked", length=None)
    yield b"%x;%s\r\n%s\r\n0\r\n\r\n" % (len(x.body), b"e" * (1 << 20), x.body)


@mode("F25/trailers", broken("protocol", requests=1))
def long_trailers(x):
    yield x.chunked(last=b"0\r\n")
    for index in range(1 << 10):
        yield b"X-%d: %s\r\n" % (index, b"t" * 1024)
    yield b"\r\n"


@mode("F25/nul", either())
def nul_in_a_trailer(x):
    yield x.chunked(last=b"0\r\nX-Trailer: a\0b\r\n\r\n")


@mode("F26", broken("protocol truncated network"))
def no_line_end_after_a_chunk(x):
    body = x.body
    yield x.head("Transfer-Encoding: chunked", length=None)
    yield b"64\r\n" + body[:100] + b"%x\r\n" % len(body[100:]) + body[100:] + b"\r\n0\r\n\r\n"
    yield FIN


# Its first n bytes are no JSON here, or a file that is not the one that was asked for; what follows must stay unread.
@mode("F27", Demand({name: expect("value", requests=1) for name in ALL}, is_poison=True, cell=WITH_BODY))
def extra_bytes(x):
    yield x.good() + b'HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{"nonce": "a stranger"}'


@mode("F28/equal", fine())
def equal_lengths(x):
    yield x.head(f"Content-Length: {len(x.body)}") + x.body


@mode("F28/unequal", broken("protocol", ends=UNTOLD), change=5)
@mode("F28/longer", broken("protocol", ends=UNTOLD), change=-5)
def unequal_lengths(x, change):
    yield x.head(f"Content-Length: {len(x.body) - change}") + x.body
    yield STALL


@mode("F28/list", fine())
def list_of_equal_lengths(x):
    yield x.head(length=f"{len(x.body)}, {len(x.body)}") + x.body
    yield FIN


@mode("F28/unequal-list", broken("protocol", ends=UNTOLD))
def list_of_unequal_lengths(x):
    yield x.head(length=f"{len(x.body)}, {len(x.body) - 5}") + x.body
    yield FIN


LENGTHS = {
    "minus": "-{}",
    "letters": "{}abc",
    "empty": "",
    "2^63": "9223372036854775808",
    "2^64": "18446744073709551{}",
    "spaces": "{} 1",
    "plus": "+{}",
    "hex": "0x{}",
    "fraction": "{}.0",
}


def wrong_length(x, text):
    yield x.head(length=text.format(len(x.body))) + x.body
    yield FIN


for name, text in LENGTHS.items():
    mode(f"F29/{name}", broken("protocol truncated", ends=UNTOLD), text=text)(wrong_length)


@mode("F30", either())
def length_and_chunks(x):
    yield x.head("Transfer-Encoding: chunked", length=5) + x.chunks(x.body) + b"0\r\n\r\n"


# Identity was in HTTP's first edition, and means nothing; nobody sends it.
CODINGS = {"gzip": "gzip", "identity": "identity", "twice": "chunked, chunked", "not-last": "chunked, gzip", "unknown": "wild"}


def transfer_coding(x, coding):
    yield x.head(f"Transfer-Encoding: {coding}", length=None) + x.chunks(x.body) + b"0\r\n\r\n"
    yield FIN


for name, coding in CODINGS.items():
    mode(f"F31/{name}", broken("protocol truncated network", ends=UNTOLD), coding=coding)(transfer_coding)



@mode("F32/fin", fine())
def until_the_end(x):
    yield x.head(length=None).replace(b"HTTP/1.1", b"HTTP/1.0") + x.body
    yield FIN


@mode("F32/cut", broken("protocol", operations=ALL).but(delete=expect("value", requests=1)))
def until_too_early_an_end(x):
    yield x.head(length=None).replace(b"HTTP/1.1", b"HTTP/1.0") + x.body[:-5]
    yield FIN


@mode("F32/reset", broken("network truncated"))
def until_a_reset(x):
    yield x.head(length=None).replace(b"HTTP/1.1", b"HTTP/1.0") + x.body
    yield Pause(0.1)
    yield RST


@mode("F33", broken("protocol", ends=UNHEARD))
def no_head(x):
    yield x.body
    yield FIN
