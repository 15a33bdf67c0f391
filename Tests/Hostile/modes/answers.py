"""F40 to F48: whole answers, with statuses that no client likes. (Bodies are in bodies.py.)"""

import email.utils
import time

from demands import ALL, CREATES, Demand, expect, fine, refused, transient
from exchange import Pause
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
# Whatever the form, its text is in the message.
WORDS = "it broke here"
FORMS = {
    "detail": {"detail": WORDS},
    "error": {"error": WORDS},
    "array": [WORDS],
    "text": WORDS.encode(),
    "list": {"detail": [{"loc": ["body"], "msg": WORDS}]},
    "not-utf8": b"\xff\xfe " + WORDS.encode(),
}
for name, body in FORMS.items():
    mode(f"F48/form-{name}", refused(422, "invalid_input", WORDS), code=422, body=body)(status)
for name, body in {"empty": b"", "null": {"detail": None}, "no-text": [1, None, {}], "long": {"detail": "no " * 100_000}}.items():
    mode(f"F48/form-{name}", refused(422, "invalid_input", "422"), code=422, body=body)(status)


@mode("F48/token", refused(401, "auth"))
def says_the_token(x):
    token = x.request.headers.get("authorization", "")
    yield x.answer(401, {"title": "Unauthenticated", "detail": f"this is no token: {token}", "status": 401})


mode("F40/good", fine(ALL))(lambda x: iter([x.good()]))
