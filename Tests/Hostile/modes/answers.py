"""F40 to F59: whole answers, with statuses and bodies that no client likes."""

import email.utils
import json
import time

from demands import ALL, CREATES, WITH_BODY, Demand, either, expect, fine, refused, transient, unreadable
from exchange import FIN, Pause
from modes import mode

PROBLEM = {"title": "Oh", "detail": "it broke here", "status": 0}


def status(x, code, body=None, fields=(), kind="application/json"):
    if body is None:
        body = {**PROBLEM, "status": code}
    yield x.answer(code, body, *fields, kind=kind)


HTML = b"<html>\n<head><title>502 Bad Gateway</title></head>\n<body>" + b"<p>nginx at its wits' end</p>" * 500 + b"</body></html>"

mode("F40", transient(500, "network", "it broke here"), code=500)(status)
mode("F41", transient(502, "network"), code=502, body=HTML, kind="text/html")(status)
mode("F42", transient(503, "capacity"), code=503)(status)
mode(
    "F42/after",
    transient(503, "capacity")
    .but(get=expect("error", "capacity", requests=3, status=503, retry_after=1, seconds=(2, 4.5)))
    .with_options(timeout=6),
    code=503,
    fields=["Retry-After: 1"],
)(status)
mode("F47/408", transient(408), code=408)(status)
mode("F47/425", transient(425), code=425)(status)
mode("F47/409", refused(409, "invalid_input"), code=409)(status)


@mode("F46", transient(504, "network").with_options(timeout=9))
def slow_gateway(x):
    yield Pause(1.5)
    yield from status(x, 504)


# 429: the one answer after which a create is sent again.
def again(seconds, **more):
    value = expect("value", requests=2, seconds=seconds, **more)
    return Demand({name: value for name in ALL}, times=1).with_options(timeout=8)


LIMITED = {"title": "Too Many", "detail": "Request was throttled.", "status": 429}


def limited(x, after=None, body=None):
    if callable(after):
        after = after()
    fields = [] if after is None else [f"Retry-After: {after}"]
    yield x.answer(429, LIMITED if body is None else body, *fields)


def date(offset, form="imf"):
    """2 s from now is 2 or 3 whole ones away."""
    moment = time.time() + offset
    if form == "imf":
        return email.utils.formatdate(moment, usegmt=True)
    parts = time.gmtime(moment)
    day = time.strftime("%A, %d-%b-%y %H:%M:%S GMT", parts) if form == "rfc850" else time.strftime("%a %b %e %H:%M:%S %Y", parts)
    return day


mode("F43", again((1.0, 2.5)), after=1)(limited)
mode("F43/0", again((0, 1.5)), after=0)(limited)
mode("F43/0.5", again((0.5, 2.0)), after="0.5")(limited)
mode("F43/body", again((1.0, 2.5)), body={**LIMITED, "retry_after": 1})(limited)
for form in ("imf", "rfc850", "asctime"):
    mode(f"F44/{form}", again((1.0, 4.5)), after=lambda form=form: date(2, form))(limited)
mode("F44/past", again((0, 2.0)), after=lambda: date(-3600))(limited)
for name, value in {"minus": "-5", "word": "soon", "huge": "1e99", "empty": "", "none": None}.items():
    mode(f"F45/{name}", again((0, 2.0)), after=value)(limited)

over = Demand(
    {
        name: expect(
            "error", "rate_limited", (), "rejected" if name in CREATES else "", 1, status=429, attempts=1, seconds=(0, 1.5)
        )
        for name in ALL
    }
)
mode("F45/day", over, after=86400)(limited)
mode("F45/deadline", over, after=30)(limited)

# The words of a refusal.
CODES = {
    400: "invalid_input",
    401: "auth",
    402: "billing",
    403: "auth",
    404: "not_found",
    405: "invalid_input",
    410: "not_found",
    413: "invalid_input",
    422: "invalid_input",
    451: "invalid_input",
}
for code, kind in CODES.items():
    mode(f"F48/{code}", refused(code, kind, "it broke here", detail="it broke here"), code=code)(status)
FORMS = {
    "detail": ({"detail": "it broke here"}, "it broke here"),
    "error": ({"error": "it broke here"}, "it broke here"),
    "array": (["it broke here"], ""),
    "text": (b"it broke here", "it broke here"),
    "empty": (b"", ""),
    "list": ({"detail": [{"loc": ["body"], "msg": "it broke here"}]}, "it broke here"),
    "null": ({"detail": None}, ""),
    "not-utf8": (b"\xff\xfe it broke here", ""),
    "long": ({"detail": "no " * 100_000}, ""),
}
for name, (body, words) in FORMS.items():
    mode(f"F48/form-{name}", refused(422, "invalid_input", words), code=422, body=body)(status)


@mode("F48/token", refused(401, "auth"))
def says_the_token(x):
    token = x.request.headers.get("authorization", "")
    yield x.answer(401, {"title": "Unauthenticated", "detail": f"this is no token: {token}", "status": 401})


# Bodies where JSON is due.
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


# 200 MB of JSON; a body beyond the limit is not asked for again.
@mode(
    "F58",
    Demand(
        {name: expect("error", "protocol", "bytes", "maybe_sent" if name in CREATES else "", 1) for name in ALL}, cell=WITH_BODY
    ).with_options(timeout=20),
    is_long=True,
)
def endless_json(x):
    yield x.head(length=None).replace(b"HTTP/1.1", b"HTTP/1.0") + b'{"a": ['
    for _ in range(200):
        yield b"1," * (1 << 19)
    yield FIN


LONG_ERROR = transient(500, "network")


@mode("F59", LONG_ERROR.with_options(timeout=20), is_long=True)
@mode("F59/4MB", LONG_ERROR.with_options(timeout=6), size=4)
def long_error(x, size=100):
    yield x.head(status=500, kind="text/plain", length=size << 20)
    for _ in range(size * 16):
        yield b"no, " * (1 << 14)


mode("F40/good", fine(ALL))(lambda x: iter([x.good()]))
