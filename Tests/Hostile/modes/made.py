"""F20, F50 and F52 for creates alone: what was made is there, though its answer cannot be read. The error shows where: by the
id, if what could be read of the body has one, or by the Location."""

import json

from demands import CREATES, Demand, expect
from exchange import FIN
from modes import mode

PLACE = "/v1/predictions/born-1"
AT = ("the server said that it is at", PLACE)
IS = ("its id is born-1",)


def told(kinds, words, **more):
    """Sent once; a prediction's id, if it is shown, is that of the error's prediction too."""
    rows = {}
    for name in CREATES:
        prediction = "born-1" if words is IS and name == "create" else None
        rows[name] = expect("error", kinds, words, "maybe_sent", 1, attempts=1, status=201, prediction=prediction, **more)
    return Demand(rows)


def body_of(x, end):
    """A good answer with that id, up to those words behind which it ends."""
    text = json.dumps({**json.loads(x.body), "id": "born-1", "input": {"id": "inner"}, "status": "starting"})
    return text.encode()[: text.index(end) + len(end)]


def cut(x, end, location=None):
    body = body_of(x, end)
    yield x.head(*[f"Location: {each}" for each in [location] if each], status=201, length=len(body) + 500) + body
    yield FIN


mode("F20/made", told("truncated", IS), end='"born-1"', location=PLACE)(cut)
mode("F20/made-id", told("truncated", IS), end='"inner"')(cut)
mode("F20/made-place", told("truncated", AT), end='"', location=PLACE)(cut)
# Half of an id is none.
mode("F20/made-half", told("truncated", (), unsaid=("its id", "born")), end='"born-')(cut)


def without_id(x, location=None):
    """Of its parts one has an id, but that is not its own."""
    body = b'{"input": {"id": "inner"}, "status": "starting", "urls'
    yield x.head(*[f"Location: {each}" for each in [location] if each], status=201, length=len(body) + 500) + body
    yield FIN


mode("F20/made-inner", told("truncated", (), unsaid=("its id", "inner")))(without_id)
mode("F20/made-inner-place", told("truncated", AT, unsaid=("inner",)), location=PLACE)(without_id)


def whole(x, body, location=PLACE):
    yield x.answer(201, body, *[f"Location: {each}" for each in [location] if each])


mode("F50/made", told("protocol", AT), body=b"")(whole)
mode("F52/made", told("protocol", AT), body=b"it is on its way")(whole)
mode("F52/made-id", told("protocol", IS), body=b'{"id": "born-1", "status": starting}', location=None)(whole)
# A place is a server's text: what does not fit a line of an error does not come into it.
mode("F50/made-long", told("protocol", ("the server said that it is at",)), body=b"", location="/" + "p" * 5000)(whole)
