"""F49 to F59: bodies that are not the JSON that is due, cut, deep, long, or with other fields."""

import json

from demands import ALL, CREATES, WITH_BODY, Demand, either, expect, transient, unreadable
from exchange import FIN
from modes import mode
from modes.answers import status

mode("F49", unreadable("text/html"), code=200, body=b"<html><form>Log in</form></html>", kind="text/html")(status)
mode("F50", unreadable("empty"), code=200, body=b"")(status)
mode("F51/204", unreadable("empty"), code=204, body=b"")(status)
mode("F51/202", Demand({"delete": expect("value", requests=1), "get": expect("error", "protocol")}), code=202, body=b"")(status)
mode("F51/200", Demand({"delete": expect("value", requests=1)}), code=200, body={"id": "f-1"})(status)
mode("F51/text", Demand({"delete": expect("value", requests=1)}), code=200, body=b"gone", kind="text/plain")(status)

#: What RFC 8259 does not allow.
NOT_JSON = {
    "comma": b'{"id": "a",}',
    "quote": b"{'id': 'a'}",
    "bare": b"{id: 1}",
    "two": b"{} {}",
    "nan": b'{"a": NaN}',
    "inf": b'{"a": Infinity}',
    "comment": b"{} // a",
    "plus": b'{"a": +1}',
    "zero": b'{"a": 01}',
    "point": b'{"a": 1.}',
    "dot": b'{"a": .5}',
    "control": b'{"a": "\n"}',
    "escape": b'{"a": "\\x41"}',
    "u": b'{"a": "\\u12g4"}',
    "open": b'{"a": [1, 2}',
    "close": b'{"a": 1}}',
    "word": b"True",
    "lone": b"[1 2]",
    "colon": b'{"a" 1}',
    "nul": b'{"a": "\0"}',
    "key": b"{1: 2}",
    "space": b"\xc2\xa0{}",
    "hex": b'{"a": 0x1}',
    "string": b'{"a": "b}',
    "utf8": b'{"a": "\xff"}',
    "overlong": b'{"a": "\xc0\xaf"}',
    "utf8-key": b'{"\xe2\x28": 1}',
    "surrogate-bytes": b'{"a": "\xed\xa0\x80"}',
    "utf16": '{"id": "a"}'.encode("utf-16"),
}
for name, body in NOT_JSON.items():
    is_text = name.startswith("utf8") or name in ("overlong", "surrogate-bytes")
    mode(
        f"{'F54' if is_text else 'F55' if name == 'utf16' else 'F52'}/{name}",
        unreadable(),
        code=200,
        body=body,
    )(status)


@mode("F55/bom", either("protocol", ALL))
def byte_order_mark(x):
    yield x.answer(200, b"\xef\xbb\xbf" + x.body)


# A body that is cut, with a length that fits the cut: at seven places here; each byte is R25's.
def cut_with_fitting_length(x, tenth):
    yield x.answer(x.status, x.body[: len(x.body) * tenth // 10])


for tenth in range(1, 10):
    mode(f"F53/{tenth}", unreadable(), tenth=tenth)(cut_with_fitting_length)

# Each field in turn is something else. What comes is passed on as it is, so these are values; nothing may trap.
OTHERS = {"null": None, "number": 5, "text": "x", "array": [1], "object": {"a": 1}, "true": True}


def other_field(x, field, value):
    body = json.loads(x.body)
    if value == "missing":
        body.pop(field, None)
    else:
        body[field] = value
    yield x.answer(x.status, body)


def doubled_field(x, field):
    body = x.body.decode()
    yield x.answer(x.status, (body[:-1] + f', "{field}": "doubled"}}').encode())


for field in ("id", "status", "output", "error", "logs", "urls", "version", "created_at", "input"):
    for name, value in [*OTHERS.items(), ("missing", "missing")]:
        demand = (
            Demand(
                {
                    "get": expect("either", "protocol", requests=(1, 3)),
                    "create": expect("either", "protocol", (), "maybe_sent", 1),
                    "upload": expect("either", "protocol", (), "maybe_sent", 1),
                    "cancel": expect("either", "protocol", requests=1),
                    "delete": expect("value", requests=1),
                    "run": expect("either", "protocol timeout model_failed canceled content_filtered network", requests=(0, 200)),
                }
            )
            .with_options(poll_interval=0.1, timeout=1)
            .with_cell(routes=["get", "create", "upload", "cancel", "delete"], **WITH_BODY)
        )
        mode(
            f"F56/{field}-{name}",
            demand if field in ("id", "status", "output", "urls") else demand.but(run=None),
            field=field,
            value=value,
        )(other_field)
    mode(f"F56/{field}-doubled", Demand({"get": expect("either", "protocol", requests=(1, 3))}), field=field)(doubled_field)


@mode("F57", unreadable(), opening=b'{"a":')
@mode("F57/arrays", unreadable(), opening=b"[")
def deep(x, opening):
    yield x.answer(200, opening * 100_000)


@mode("F57/closed", unreadable())
def deep_and_right(x):
    yield x.answer(200, b"[" * 100_000 + b"]" * 100_000)


# A body beyond the limit is not asked for again.
ENDLESS = Demand(
    {name: expect("error", "protocol", "bytes", "maybe_sent" if name in CREATES else "", 1) for name in ALL}, cell=WITH_BODY
).with_options(timeout=20)


@mode("F58", ENDLESS, is_long=True)
@mode("F58/20MB", ENDLESS.with_options(max_response_bytes=4 << 20), size=20)
def endless_json(x, size=200):
    yield x.head(length=None).replace(b"HTTP/1.1", b"HTTP/1.0") + b'{"a": ['
    for _ in range(size):
        yield b"1," * (1 << 19)
    yield FIN


# Of an error's body 64 KiB are read; the sockets' buffers on both sides take some more.
LONG_ERROR = transient(500, "network", written=16 << 20)


@mode("F59", LONG_ERROR.with_options(timeout=20), is_long=True)
@mode("F59/40MB", LONG_ERROR.with_options(timeout=6), size=40)
def long_error(x, size=100):
    yield x.head(status=500, kind="text/plain", length=size << 20)
    for _ in range(size * 16):
        yield b"no, " * (1 << 14)
