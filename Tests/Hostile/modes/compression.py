"""F100 to F107: content codings. The library asks for none, so what comes in one is not what was asked for; if it asks for gzip
one day, these hold all the same."""

import gzip
import zlib

from replies import FILE, events

from demands import Demand, expect
from exchange import FIN
from modes import mode


def rows(outcome="error", words=(), **more):
    """A coded answer: read rightly, or refused as what it is; never taken for the thing itself."""
    read = expect(outcome, "protocol truncated", words, requests=(1, 3), seconds=(0, 4))
    create = expect(outcome, "protocol truncated", words, "maybe_sent", 1)
    return Demand({"get": read, "create": create, "download": read}).with_options(timeout=8, **more)


def coded(x, body, coding="gzip", *more):
    yield x.head(f"Content-Encoding: {coding}", *more, length=len(body)) + body


def squeezed(data):
    return gzip.compress(data, mtime=0)


def zeros(x, mebibytes):
    """One piece, which stands for itself wherever it is, again and again. It ends without a trailer: nobody is to come so far."""
    yield x.head("Content-Encoding: gzip", length=None).replace(b"HTTP/1.1", b"HTTP/1.0")
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    yield press.compress(block) + press.flush(zlib.Z_FULL_FLUSH)
    piece = press.compress(block) + press.flush(zlib.Z_FULL_FLUSH)
    for _ in range(mebibytes - 1):
        yield piece
    yield FIN


BOMB = rows().but(
    get=expect("error", "protocol", "67108864", requests=(1, 3)), create=expect("error", "protocol", "67108864", "maybe_sent", 1)
)
mode("F100/1000", BOMB, mebibytes=256)(zeros)
mode("F100/1GiB", BOMB, is_long=True, mebibytes=1024)(zeros)
mode("F100/10GiB", BOMB, is_long=True, mebibytes=10240)(zeros)


def layers(x, count):
    body = x.body
    for _ in range(count):
        body = squeezed(body)
    yield from coded(x, body, ", ".join(["gzip"] * count))


mode("F101/2", rows(), count=2)(layers)
mode("F101/5", rows(), count=5)(layers)
mode("F101/50", rows(), count=50)(layers)


def cut(x, part):
    body = squeezed(x.body)
    yield from coded(x, body[: int(len(body) * part)])


for name, part in {"half": 0.5, "tail": 0.98, "head": 0.01}.items():
    mode(f"F102/{name}", rows(), part=part)(cut)


def spoiled(x, place, value):
    body = bytearray(squeezed(x.body))
    body[place] ^= value
    yield from coded(x, bytes(body))


mode("F103/crc", rows(), place=-6, value=0xFF)(spoiled)
mode("F103/size", rows(), place=-1, value=0xFF)(spoiled)
mode("F103/block", rows(), place=10, value=0x06)(spoiled)


@mode("F104/says-gzip", rows())
def says_gzip_and_is_plain(x):
    yield from coded(x, x.body)


# Of a call it is no JSON; a file is what it is.
@mode(
    "F104/says-plain",
    rows()
    .but(get=expect("error", "protocol", requests=3), download=expect("value", requests=1))
    .with_cell(content=squeezed(FILE)),
)
def says_plain_and_is_gzip(x):
    body = squeezed(x.body)
    yield x.head(length=len(body)) + body


def members(x, more):
    half = len(x.body) // 2
    body = squeezed(x.body[:half]) + (squeezed(x.body[half:]) if more is None else more)
    yield from coded(x, body)


mode("F105/two", rows("either"), more=None)(members)
mode("F105/rest", rows(), more=b"what is this")(members)
for name in ("br", "zstd", "compress", "wild", "exi", "deflate"):
    mode(f"F106/{name}", rows(words=name), coding=name)(lambda x, coding: coded(x, squeezed(x.body), coding))
mode("F106/identity", Demand({name: expect("value", requests=1) for name in ("get", "create", "download")}))(
    lambda x: coded(x, x.body, "identity")
)


@mode("F107", Demand({"stream": expect("either", "protocol truncated", "gzip", requests=(1, 6))}).with_options(timeout=12))
def coded_stream(x):
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield x.head("Content-Encoding: gzip", status=200, length=None).replace(b"HTTP/1.1", b"HTTP/1.0")
    for block in events(x).split(b"\n\n"):
        yield press.compress(block + b"\n\n") + press.flush(zlib.Z_SYNC_FLUSH)
    yield press.flush()
    yield FIN
