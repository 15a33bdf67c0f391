"""R60, R61, R63 to R65: which webhooks are believed. The rows are of the Standard Webhooks specification and of what its
libraries test; the codes are by Python's hmac. Each row goes through C and through Lua."""

import base64
import hmac
import json
import os
import random
import re
import threading
import time
import urllib.request

import abi
from shared import CANARY, LONG, SECRET, Lua, Row, Web, check, finish, kind, lua_text, shown

SEED = 20261122
# The libraries' examples have secrets of their own; the rest is signed with the one that must stand nowhere.
EXAMPLE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
THEN = 1614265330
BODY = b'{"test": 2432232314}'
EXAMPLE_SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def secret_of(key):
    return "whsec_" + base64.b64encode(key).decode()


def key_of(secret):
    return base64.b64decode(secret.removeprefix("whsec_"))


def code(identity, stamp, body, secret=SECRET):
    return hmac.digest(key_of(secret), f"{identity}.{stamp}.".encode() + body, "sha256")


def sign(identity, stamp, body, secret=SECRET):
    return "v1," + base64.b64encode(code(identity, stamp, body, secret)).decode()


SIGNED = sign(ID, THEN, BODY)


class Webhook:
    """As it came. What is not said is that of the specification's example, and is signed rightly."""

    def __init__(self, **given):
        self.identity, self.stamp, self.body, self.secret, self.tolerance = ID, str(THEN), BODY, SECRET, -1
        self.headers = None
        self.__dict__.update(given)
        self.signature = given.get("signature", sign(self.identity, self.stamp, self.body, self.secret))

    def by_c(self):
        """True, or the kind of the error."""
        texts = [
            None if t is None else t if isinstance(t, bytes) else t.encode() for t in (self.identity, self.stamp, self.signature)
        ]
        refused = abi.webhook(*texts, self.body, self.secret.encode(), self.tolerance)
        return refused.kind if refused else True

    def by_lua(self, lua):
        fields = {
            "id": self.identity,
            "timestamp": self.stamp,
            "signature": self.signature,
            "body": self.body,
            "secret": self.secret,
        }
        text = ", ".join(f"{name} = {lua_text(value)}" for name, value in fields.items() if value is not None)
        if self.headers:
            text = f"headers = {self.headers}, body = {lua_text(self.body)}, secret = {lua_text(self.secret)}"
        if self.tolerance != 300:
            text += f", tolerance = {'false' if self.tolerance < 0 else self.tolerance}"
        answered = lua.run(f"return replicate.webhooks.validate{{{text}}}")
        if kind(answered) == "value":
            return (
                answered.get("value") == "true" and answered.get("second") == (self.identity or "") and "value" or shown(answered)
            )
        return kind(answered)


def wrong(number=0):
    return "v1," + base64.b64encode(bytes([number]) * 32).decode()


def at(offset):
    """Made anew for each try: of a machine that stands still, the second may be over meanwhile."""

    def make():
        stamp = str(int(time.time()) + offset)
        return Webhook(stamp=stamp, tolerance=300)

    return make


OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
HEADERS = f'{{["%s"] = "{ID}", ["%s"] = "{THEN}", ["%s"] = "{SIGNED}"}}'
#: What it is; whether it is to be believed (or the error's kind); the webhook.
ROWS = [
    ("the libraries' example", True, Webhook(secret=EXAMPLE_SECRET, signature=EXAMPLE_SIGNED)),
    ("another secret, with its code", True, Webhook(secret=OTHER)),
    ("no body", True, Webhook(body=b"")),
    ("a body that is no JSON", True, Webhook(body=b"not json \x00\xff")),
    ("a body with more than ASCII", True, Webhook(body='{"output":"h\u00e9llo \u4e16\u754c"}'.encode())),
    ("no id", "auth", Webhook(identity=None, signature=SIGNED)),
    ("no timestamp", "auth", Webhook(stamp=None, signature=SIGNED)),
    ("no signature", "auth", Webhook(signature=None)),
    ("an empty id", "auth", Webhook(identity="", signature=SIGNED)),
    ("an empty timestamp", "auth", Webhook(stamp="", signature=SIGNED)),
    ("an empty signature", "auth", Webhook(signature="")),
    ("a signature that is no base64 of a code", "auth", Webhook(signature="v1,dawfeoifkpqwoekfpqoekf")),
    ("a code of another message", "auth", Webhook(signature=sign(ID, THEN, b"other"))),
    ("a code with another secret", "auth", Webhook(signature=sign(ID, THEN, BODY, OTHER))),
    ("a part of the signature", "auth", Webhook(signature=SIGNED[:8])),
    ("a label alone", "auth", Webhook(signature="v1,")),
    ("a signature without a label", "auth", Webhook(signature=SIGNED[3:])),
    ("half of the code", "auth", Webhook(signature="v1," + base64.b64encode(code(ID, THEN, BODY)[:16]).decode())),
    ("a code and a byte more", "auth", Webhook(signature="v1," + base64.b64encode(code(ID, THEN, BODY) + b"\0").decode())),
    ("the code in hexadecimal", "auth", Webhook(signature="v1," + code(ID, THEN, BODY).hex())),
    # That of the example has letters which are others there.
    (
        "the code in base64url",
        "auth",
        Webhook(secret=EXAMPLE_SECRET, signature=EXAMPLE_SIGNED.replace("+", "-").replace("/", "_")),
    ),
    ("the code without its padding", "auth", Webhook(signature=SIGNED.rstrip("="))),
    ("301 s old", "auth", at(-301)),
    ("301 s ahead", "auth", at(301)),
    ("299 s old", True, at(-299)),
    ("299 s ahead", True, at(299)),
    ("300 s old, the tolerance itself", True, at(-300)),
    ("as of now", True, at(0)),
    ("of 2021, with the default tolerance", "auth", Webhook(tolerance=300)),
    ("of 2021, with the tolerance off", True, Webhook(tolerance=-1)),
    ("a timestamp of words", "auth", Webhook(stamp="hello")),
    ("a timestamp below 0", "auth", Webhook(stamp="-1614265330")),
    ("a timestamp with a fraction", "auth", Webhook(stamp="1614265330.5")),
    ("a timestamp of milliseconds", "auth", Webhook(stamp=str(THEN * 1000), tolerance=300)),
    ("the right one first", True, Webhook(signature=f"{SIGNED} {wrong()}")),
    ("the right one last", True, Webhook(signature=f"{wrong()} {wrong(1)} {SIGNED}")),
    ("the right one after another version", True, Webhook(signature=f"v2,x v1a,{SIGNED[3:]} {SIGNED}")),
    ("several wrong ones", "auth", Webhook(signature=f"{wrong()} {wrong(1)} {wrong(2)}")),
    ("the right code as v2 alone", "auth", Webhook(signature="v2," + SIGNED[3:])),
    ("the right code as v1a, which is of keys in two parts", "auth", Webhook(signature="v1a," + SIGNED[3:])),
    ("the right code as V1", "auth", Webhook(signature="V1," + SIGNED[3:])),
    ("separated by a comma, which is none", "auth", Webhook(signature=f"{wrong()},{SIGNED}")),
    ("a changed body", "auth", Webhook(body=BODY + b"\n", signature=SIGNED)),
    ("a changed id", "auth", Webhook(identity="msg_other", signature=SIGNED)),
    ("a changed timestamp", "auth", Webhook(stamp=str(THEN + 1), signature=SIGNED)),
    ("a part of the body as if of the timestamp's place", "auth", Webhook(identity=f"{ID}.{THEN}", stamp="1", signature=SIGNED)),
    ("an id with a dot, signed so", True, Webhook(identity="msg.1")),
    ("headers in another case", True, Webhook(headers=HEADERS % ("Webhook-Id", "WEBHOOK-TIMESTAMP", "webhook-SIGNATURE"))),
    # The libraries take one without its beginning, too; here, as the header says, it is "whsec_…".
    ("optional: a secret without whsec_", "invalid_input", Webhook(secret=SECRET[6:], signature=SIGNED)),
]


def believed(row, name, wanted, make, lua):
    """Through both; where time matters, within one second of the clock."""
    for ask in (lambda webhook: webhook.by_c(), lambda webhook: webhook.by_lua(lua)):
        for _ in range(100):
            second = int(time.time())
            webhook = make() if callable(make) else make
            got = ask(webhook)
            if not callable(make) or int(time.time()) == second:
                break
        row.check(got in ((True, "value") if wanted is True else (wanted,)), f"{name}: {got!r}")


def standard():
    row = Row(
        "R60",
        "the verify rows of Standard Webhooks: 300 s by default, which only tolerance=false switches off",
    )
    check(len(ROWS) == 49, f"{len(ROWS)} rows")
    with Lua() as lua:
        for name, wanted, make in ROWS:
            believed(row, name, wanted, make, lua)
    row.say(f"{len(ROWS)} rows of ours, written from the specification, through C and Lua; 1 of them is optional, and refused")
    row = Row(
        "R60",
        "the sign row: what the libraries' example signs is signed so, by hmac and by the sandbox (the library signs none)",
    )
    by_hmac = sign(ID, THEN, BODY, EXAMPLE_SECRET)
    row.check(by_hmac == EXAMPLE_SIGNED, f"hmac: {by_hmac}")
    headers, body, secret = posted()
    made = Webhook(identity=headers["webhook-id"], stamp=headers["webhook-timestamp"], body=body, secret=secret)
    row.check(made.signature == headers["webhook-signature"], f"the sandbox: {headers}")
    made.tolerance = 300
    row.check(made.by_c() is True, f"the library: {made.by_c()}")
    row.say("1 row")


def posted():
    """A webhook of the sandbox: its headers, body and secret."""
    came = threading.Event()

    def take(_):
        came.set()
        return b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"

    def ask(path, given=None):
        data = json.dumps(given).encode() if given else None
        fields = {"Authorization": f"Bearer {CANARY}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(os.environ["REPLICATE_SANDBOX_URL"] + path, data, fields)) as got:
            return json.load(got)

    receiver = Web(take)
    ask(
        "/models/replicate/hello-world/predictions",
        {"input": {"text": "x"}, "webhook": receiver.url("/"), "webhook_events_filter": ["completed"]},
    )
    check(came.wait(30), "no webhook came")
    request = receiver.requests[0]
    return dict(request.headers), request.body, ask("/webhooks/default/secret")["key"]


def changed(tag):
    """A right code in all the ways in which Wycheproof's vectors change one."""
    for bit in (0, 1, 7, 8, 31, 32, 33, 63, 64, 71, 77, 80, 96, 97, 103, 127, 128, 191, 248, 255):
        yield f"bit {bit}", bytes(b ^ (1 << bit % 8 if i == bit // 8 else 0) for i, b in enumerate(tag))
    for name, bits in (("0 and 64", (0, 64)), ("31 and 63", (31, 63)), ("63 and 127", (63, 127))):
        number = int.from_bytes(tag, "little")
        for bit in bits:
            number ^= 1 << bit
        yield f"bits {name}", number.to_bytes(32, "little")
    yield "all bits", bytes(b ^ 0xFF for b in tag)
    yield "all zeros", bytes(32)
    yield "all ones", b"\xff" * 32
    yield "each byte's highest bit", bytes(b ^ 0x80 for b in tag)
    yield "each byte's lowest bit", bytes(b ^ 1 for b in tag)
    yield "its first 16 bytes", tag[:16]
    yield "nothing", b""


def vectors():
    """Keys of Wycheproof's sizes, messages of its lengths, its changes of codes: 3 x (28 right + 30 wrong) = 174."""
    numbers = random.Random(SEED)
    lengths = [0, 1, 2, 3, 4, 8, 12, 15, 16, 17, 20, 24, 31, 32, 33, 47, 48, 49, 55, 56, 63, 64, 65, 119, 127, 128, 257, 1031]
    for size in (16, 32, 65):
        secret = secret_of(numbers.randbytes(size))
        for length in lengths:
            body = numbers.randbytes(length)
            yield f"key of {size}, message of {length}", True, Webhook(body=body, secret=secret)
        body = numbers.randbytes(16)
        for name, tag in changed(code(ID, THEN, body, secret)):
            yield (
                f"key of {size}: {name}",
                "auth",
                Webhook(body=body, secret=secret, signature="v1," + base64.b64encode(tag).decode()),
            )


def wycheproof():
    row = Row("R61", "HMAC-SHA256: the 174 vectors of Wycheproof")
    all_of_them = list(vectors())
    with Lua() as lua:
        for name, wanted, webhook in all_of_them:
            believed(row, name, wanted, webhook, lua)
    row.say(
        f"{len(all_of_them)} vectors of ours in their place (seed {SEED}): neither Debian nor cryptography_vectors "
        "has Wycheproof's, whose messages could not begin as a webhook's do; keys of 16, 32 and 65 bytes, 28 lengths, "
        "30 changes of a code, as by Python's hmac; through C and Lua"
    )


def replay():
    row = Row(
        "R63",
        "a webhook that comes again: its id is returned, and the header, README.md and types.lua say that the caller keeps it",
    )
    with Lua() as lua:
        for _ in range(2):
            for given in (Webhook(tolerance=300, stamp=str(int(time.time()))), Webhook(headers=ROWS[47][2].headers)):
                row.check(given.by_lua(lua) == "value", given.by_lua(lua))
    top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
    for path, words in (
        ("include/replicate.h", "genuine webhook may come twice"),
        ("README.md", "take one id once"),
        ("lua/replicate/types.lua", "keep the ids that you have seen"),
    ):
        with open(f"{top}/{path}", encoding="utf-8") as file:
            # However its lines are broken.
            row.check(words in re.sub(r"[\s*-]+", " ", file.read()), f"{path} does not say: {words}")
    row.say("Lua: true and the id, twice each; C: the id is the caller's own argument")


def cost():
    """Time is the thread's own, for the machine may have others to work for."""
    row = Row("R64", "10 MB in under 100 ms; of the signatures a published number is tried; a header of 1 MB is refused")
    body = random.Random(SEED).randbytes(10_000_000)
    webhook = Webhook(body=body)
    times = []
    for _ in range(5 if LONG else 1):
        start = time.thread_time()
        row.check(webhook.by_c() is True, "10 MB")
        times.append(time.thread_time() - start)
    if LONG:
        row.check(min(times) < 0.1, f"10 MB took {min(times) * 1000:.0f} ms")
    for count, wanted in ((31, True), (32, "auth"), (300, "auth")):
        got = Webhook(signature=f"{wrong()} " * count + SIGNED).by_c()
        row.check(got == wanted, f"after {count} others: {got}")
    slowest = 0
    for name, given in (
        ("10,000 signatures", {"signature": f"{wrong()} " * 10_000 + SIGNED}),
        ("10,000 short ones", {"signature": "v1 " * 10_000 + SIGNED}),
        ("1 MB in one", {"signature": "v1," + "A" * 1_000_000}),
        ("1 MB of spaces", {"signature": " " * 1_000_000 + SIGNED}),
        ("an id of 1 MB", {"identity": "x" * 1_000_000}),
        ("a timestamp of 1 MB", {"stamp": "1" * 1_000_000}),
    ):
        webhook = Webhook(**given)
        start = time.thread_time()
        got = webhook.by_c()
        slowest = max(slowest, time.thread_time() - start)
        row.check(got == "invalid_input", f"{name}: {got}")
    if LONG:
        row.check(slowest < 0.1, f"a long header took {slowest * 1000:.0f} ms")
    row.say(
        f"10 MB in {min(times) * 1000:.0f} ms of processor time{' (best of 5)' if LONG else ', which the long run judges'}; the "
        f"32nd of the signatures is tried, the 33rd not; 10,000 of them and headers of 1 MB are over a header's 16 KiB: "
        f"{slowest * 1000:.1f} ms"
    )


def raw():
    row = Row("R65", "the check takes the bytes that came: JSON that was read and written anew fails, a table is raised")
    body = b'{"id": "p1", "output": [1.0, "\\u00e9"], "b": 1, "a": 2}'
    again = [
        json.dumps(json.loads(body), **how).encode()
        for how in ({}, {"ensure_ascii": False}, {"separators": (",", ":")}, {"sort_keys": True})
    ]
    with Lua() as lua:
        row.check(Webhook(body=body).by_lua(lua) == "value", "as it came")
        for each in [one for one in again if one != body]:
            given = Webhook(body=each, signature=sign(ID, THEN, body))
            row.check(given.by_c() == "auth" and given.by_lua(lua) == "auth", f"{each}")
        text = f"id = '{ID}', timestamp = '{THEN}', signature = '{SIGNED}', secret = '{SECRET}', tolerance = false"
        anew = lua.run(
            f"return replicate.webhooks.validate{{{text}, body = replicate.json_encode(replicate.json_decode({lua_text(body)}))}}"
        )
        row.check(kind(anew) == "auth", shown(anew))
        table = lua.run(f"return replicate.webhooks.validate{{{text}, body = {{}}}}")
        row.check(kind(table) == "raised" and "as a string" in table["raised"], shown(table))
    row.say("4 ways to write it anew by Python and Lua, 1 table")


standard()
wycheproof()
replay()
cost()
raw()
finish(asks=False)
