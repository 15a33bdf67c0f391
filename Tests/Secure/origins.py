"""Servers on several origins for the tests of where the token goes: `home`, which is the API's, and foreign ones. Each keeps
what it was sent."""

import base64
import socket

from harness import CANARY, CERTIFICATES, lua_text
from server import Web, answer, context

FORMS = [CANARY.encode(), base64.b64encode(CANARY.encode())[:-4], b"Bearer", b"ookie", b"X-Key"]
CODES = (301, 302, 303, 307, 308)
CA = f"ca_file={lua_text(CERTIFICATES + '/ca.pem')}"
FILE = b"the file"
plan = {}  # target of the home server = answer


def redirect(code, location):
    head = b"" if location is None else b"Location: " + location.encode() + b"\r\n"
    return answer(b"", f"{code} Elsewhere", extra=head)


def at_home(request):
    return plan.get(request.target.split("?")[0].split("#")[0]) or answer(FILE, "200 OK", "text/plain")


def foreign(request):
    if request.target == "/back":
        return redirect(302, home.url("/v1/end"))
    if request.target == "/on":
        return redirect(302, third.url("/back"))
    if request.target.endswith("stream"):
        return answer(b"event: output\ndata: x\n\nevent: done\ndata: {}\n\n", "200 OK", "text/event-stream")
    return answer(FILE, "200 OK", "text/plain")


def at_one_port():
    """The home origin, and another host at the same port."""
    while True:
        first = Web(at_home)
        try:
            return first, Web(foreign, host="127.0.0.2", port=first.port)
        except OSError:
            first.close()  # Somebody else has that port there.


home, neighbour = at_one_port()
other, third = Web(foreign), Web(foreign)
H, O = home.port, other.port
neighbours = [neighbour]
if socket.has_ipv6:
    try:
        neighbours.append(Web(foreign, host="::1", family=socket.AF_INET6, port=H))
    except OSError:
        print("not testable here: a server on [::1]")
secure = Web(foreign, made=context("hosts", CERTIFICATES))
foreigners = [other, third, secure] + neighbours

CLIENT = f'new{{base_url="{home.url("/v1")}", {CA}, timeout=5, headers={{["X-Key"]="{CANARY}"}}}}'
DOWNLOAD = ':download("start", {owner="a", expiry=2000000000, signature="c2ln"})'


def elsewhere():
    return sum(len(each.requests) for each in foreigners)


def no_token_elsewhere(row, name, first=0):
    for each in foreigners:
        seen = [form for form in FORMS if form in each.plain]
        row.check(not seen, f"{name}: {seen} came to {each.url()}")
    for request in home.requests[first:]:
        if request.header("host") != f"127.0.0.1:{H}":
            row.check(
                request.header("authorization") is None and request.header("x-key") is None,
                f"{name}: the token went to {request.header('host')}",
            )
