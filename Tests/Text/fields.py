"""R76 and F56: each field of each kind of answer is something else in turn, or missing, or doubled; and answers that are HTML,
empty or cut. Whatever comes: a value or an error of a kind that the header lists, in Lua and through C; nothing is raised, nobody
dies. FIELDS=NAME takes one operation, with all of its cases."""

import collections
import json
import os

import abi
from shared import LONG, Lua, Row, Web, answer, check, finish, kind, shown

STREAM = b"event: output\nid: 1\ndata: hi\n\nevent: done\ndata: {}\n\n"
CASES = []


#: Which case is asked, by each of the two.
CURRENT = {}


def respond(request):
    if request.target == "/stream":
        return answer(STREAM, "200 OK", "text/event-stream")
    case = CURRENT["c" if request.target.startswith("/c/") else "lua"]
    body, content = case.answer
    status = "422 No" if case.operation == "an error" else "201 Created" if request.method == "POST" else "200 OK"
    return answer(body, status, content)


web = Web(respond)
VERSION = "a" * 64
PREDICTION = {
    "id": "p",
    "model": "a/b",
    "version": VERSION,
    "input": {"prompt": "a fox", "seed": 1},
    "output": ["https://replicate.delivery/x/0.png", "text"],
    "logs": "50%|#####     | 5/10\n",
    "error": None,
    "status": "succeeded",
    "source": "api",
    "data_removed": False,
    "created_at": "2026-01-01T00:00:00Z",
    "started_at": "2026-01-01T00:00:01Z",
    "completed_at": "2026-01-01T00:00:02Z",
    "deadline": None,
    "metrics": {"predict_time": 1.5, "total_time": 2},
    "urls": {"get": web.url("/p"), "cancel": web.url("/p/cancel"), "stream": web.url("/stream"), "web": "https://example.com/p"},
}
TRAINING = {**PREDICTION, "output": {"version": "a/b:c", "weights": "https://replicate.delivery/w.tar"}}
FAILED = {**PREDICTION, "status": "failed", "error": "it broke (E1001)", "output": None}
SCHEMA = {"openapi": "3.0.2", "components": {"schemas": {"Input": {"type": "object"}}}}
MODEL_VERSION = {"id": VERSION, "created_at": "2026-01-01T00:00:00Z", "cog_version": "0.9", "openapi_schema": SCHEMA}
MODEL = {
    "url": "https://replicate.com/a/b",
    "owner": "a",
    "name": "b",
    "description": "x",
    "visibility": "public",
    "run_count": 10000000000,
    "cover_image_url": None,
    "default_example": None,
    "latest_version": MODEL_VERSION,
}
FILE = {
    "id": "f",
    "name": "x.png",
    "content_type": "image/png",
    "size": 5,
    "etag": "e",
    "checksums": {"sha256": "00", "md5": "00"},
    "metadata": {"a": 1},
    "created_at": "2026-01-01T00:00:00Z",
    "expires_at": "2026-01-01T00:00:00Z",
    "urls": {"get": web.url("/files/f")},
}
RELEASE = {
    "number": 1,
    "model": "a/b",
    "version": VERSION,
    "created_at": "2026-01-01T00:00:00Z",
    "created_by": {"type": "user", "username": "a", "name": "A"},
    "configuration": {"hardware": "cpu", "min_instances": 0, "max_instances": 1},
}
DEPLOYMENT = {"owner": "a", "name": "d", "current_release": RELEASE}
COLLECTION = {"name": "C", "slug": "c", "description": "x", "models": [MODEL]}
SEARCH = {
    "query": "x",
    "models": [{"model": MODEL, "metadata": {"score": 1.5, "tags": []}}],
    "collections": [COLLECTION],
    "pages": [],
}


def page(item):
    return {"next": None, "previous": None, "results": [item]}


EACH = "local n = 0 for item in c.%s:each() do n = n + 1 kept.touch(item) if n > 5 then break end end return n"
STREAMED = 'local n = 0 for event in c:stream("a/b", {input={}}) do n = n + 1 tostring(event) end return n'
AFTER = 'local job, err = %s if type(job) ~= "table" or not job.%s then return job, err end return job:%s()'
#: Name: what is answered; Lua, of which c is the client; the function of C and what it is given before the options.
OPERATIONS = {
    "predictions:get": (PREDICTION, 'return c.predictions:get("p")', ("predictions_get", b"p")),
    "predictions:create": (
        PREDICTION,
        f'return c.predictions:create{{version="{VERSION}", input={{}}}}',
        ("predictions_create", VERSION.encode(), "input"),
    ),
    "predictions:cancel": (PREDICTION, 'return c.predictions:cancel("p")', ("predictions_cancel", b"p")),
    "predictions:list": (page(PREDICTION), "return c.predictions:list()", ("predictions_list",)),
    "predictions:each": (page(PREDICTION), EACH % "predictions", ("predictions_list",)),
    "run": (PREDICTION, 'return c:run("a/b", {input={}, wait=false})', ("run", b"a/b", "input")),
    "run, failed": (FAILED, 'return c:run("a/b", {input={}})', ("run", b"a/b", "input")),
    "wait": (PREDICTION, 'return c:wait("p")', ("wait", b"p")),
    "stream": (PREDICTION, STREAMED, ("stream", b"a/b", "input")),
    "reload": (PREDICTION, AFTER % ('c.predictions:get("p")', "reload", "reload"), ("predictions_get", b"p")),
    "trainings:get": (TRAINING, 'return c.trainings:get("p")', ("trainings_get", b"p")),
    "trainings:create": (TRAINING, 'return c.trainings:create("a", "b", "c", {destination="a/b", input={}})', None),
    "trainings:cancel": (TRAINING, 'return c.trainings:cancel("p")', ("trainings_cancel", b"p")),
    "trainings:wait": (TRAINING, AFTER % ('c.trainings:get("p")', "wait", "wait"), ("trainings_wait", b"p")),
    "trainings:list": (page(TRAINING), "return c.trainings:list()", ("trainings_list",)),
    "models:get": (MODEL, 'return c.models:get("a", "b")', ("models_get", b"a", b"b")),
    "models:list": (page(MODEL), "return c.models:list()", ("models_list",)),
    "models.versions:get": (
        MODEL_VERSION,
        f'return c.models.versions:get("a", "b", "{VERSION}")',
        ("models_versions_get", b"a", b"b", VERSION.encode()),
    ),
    "models.versions:list": (
        page(MODEL_VERSION),
        'return c.models.versions:list("a", "b")',
        ("models_versions_list", b"a", b"b"),
    ),
    "models.examples:list": (page(PREDICTION), 'return c.models.examples:list("a", "b")', ("models_examples_list", b"a", b"b")),
    "files:get": (FILE, 'return c.files:get("f")', ("files_get", b"f")),
    "files:create": (FILE, 'return c.files:create(replicate.bytes "x")', None),
    "files:list": (page(FILE), "return c.files:list()", ("files_list",)),
    "a file in an input": (FILE, f'return c.predictions:create{{version="{VERSION}", input={{f=replicate.bytes "x"}}}}', None),
    "deployments:get": (DEPLOYMENT, 'return c.deployments:get("a", "d")', ("deployments_get", b"a", b"d")),
    "deployments:list": (page(DEPLOYMENT), "return c.deployments:list()", ("deployments_list",)),
    "collections:get": (COLLECTION, 'return c.collections:get("c")', ("collections_get", b"c")),
    "collections:list": (page(COLLECTION), "return c.collections:list()", ("collections_list",)),
    "hardware:list": ([{"name": "CPU", "sku": "cpu"}], "return c.hardware:list()", ("hardware_list",)),
    "account:get": (
        {"type": "user", "username": "a", "name": "A", "github_url": None},
        "return c.account:get()",
        ("account_get",),
    ),
    # Not CANARY_SECRET: here it is asked for and said.
    "webhooks:secret": ({"key": "whsec_AAAA"}, "return c.webhooks:secret()", ("webhooks_default_secret_get",)),
    "search": (SEARCH, 'return c:search("x")', ("search", b"x")),
    "an error": (
        {"title": "T", "detail": "D", "status": 422, "invalid_fields": [{"type": "x", "field": "f", "description": "d"}]},
        "return c.account:get()",
        ("account_get",),
    ),
}
#: What a field is in turn.
OTHERS = [
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e999",
    "123456789012345678901",
    '""',
    '"x"',
    '"\\u0000"',
    "[]",
    "[null]",
    "[[],{}]",
    "{}",
    '{"a":1}',
]
#: What the whole is.
WHOLES = [
    *[(text.encode(), "application/json") for text in OTHERS],
    *[
        (b"<!DOCTYPE html><html><h1>Log in</h1></html>", "text/html"),
        (b"<html>", "application/json"),
        (b"", "application/json"),
        (b" ", "application/json"),
    ],
    *[(b"ok", "text/plain"), (b"\xff\xfe", "application/json"), (b"{}{}", "application/json"), (b"\0" * 100, "application/json")],
]


RIGHT = "as it should be"
WAITING = ("run", "run, failed", "wait", "stream", "trainings:wait")


class Case:
    def __init__(self, operation, what, body, content="application/json"):
        self.operation, self.what, self.answer = operation, what, (body, content)
        CASES.append(self)

    def is_long(self):
        """One that waits for an end, which may never come; but for those that it does come to."""
        return self.operation in WAITING and self.what != RIGHT


def paths(value, place=()):
    """The places of all members, the outer ones first."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in members:
        yield (*place, name)
        yield from paths(each, (*place, name))


def changed(value, place, text, doubled=None):
    """JSON of the value with another text at a place; None leaves it out. doubled: it stands there, too, "before" or "after"."""
    if not place:
        return text
    name, *rest = place
    if isinstance(value, list):
        parts = [changed(each, rest, text, doubled) if i == name else json.dumps(each) for i, each in enumerate(value)]
        return "[" + ",".join(part for part in parts if part is not None) + "]"
    parts = []
    for key, each in value.items():
        part = changed(each, rest, text, doubled) if key == name else json.dumps(each)
        whole = json.dumps(each)
        if key == name and not rest and doubled:
            parts += [f"{json.dumps(key)}:{one}" for one in ((part, whole) if doubled == "before" else (whole, part))]
        elif part is not None:
            parts.append(f"{json.dumps(key)}:{part}")
    return "{" + ",".join(parts) + "}"


def make():
    for operation, (whole, _, _) in OPERATIONS.items():
        Case(operation, RIGHT, json.dumps(whole).encode())
        for place in paths(whole):
            name = "/".join(map(str, place))
            for text in OTHERS:
                Case(operation, f"{name} = {text}", changed(whole, place, text).encode())
            Case(operation, f"{name} missing", changed(whole, place, None).encode())
            if isinstance(place[-1], str):
                for when in ("before", "after"):
                    for text in ("null", "[]", '"x"', "5"):
                        Case(operation, f"{name} doubled, {text} {when}", changed(whole, place, text, when).encode())
        for body, content in WHOLES:
            Case(operation, f"all of it {body[:20]!r}", body, content)
        text = json.dumps(whole).encode()
        for tenth in range(1, 10):
            Case(operation, f"cut at {tenth}0 %", text[: len(text) * tenth // 10])


TOUCH = f"""kept.touch = function(value)
    if type(value) ~= "table" then return tostring(value) end
    for name, each in pairs(value) do tostring(name) tostring(each) end
    if type(value.json) == "function" then value:json() end
    if type(value.progress) == "function" then value:progress() end
    replicate.json_encode(value)
    if type(value.results) == "table" then for _, each in pairs(value.results) do tostring(each) end end
    return "touched"
end
kept.short = new{{base_url="{web.url("/lua/v1")}", timeout=0.15, poll_interval=0.02}}
kept.patient = new{{base_url="{web.url("/lua/v1")}", timeout=20, poll_interval=0.02}}"""
CHUNK = """local c = kept.%s
local ok, value, err = pcall(function() %s end)
local touched = true
-- A run that succeeded with no output gives nil and its prediction.
if ok and value == nil and type(err) == "table" and err.status == "succeeded" and err.kind == nil then value = err end
if ok and value ~= nil then touched, err = pcall(kept.touch, value) end
if not ok and (type(value) == "table" or type(value) == "userdata") and value.kind then return nil, value end
if not ok then error(value, 0) elseif not touched then error(err, 0) end
return value, err"""
#: What the header lists, without those that no answer is to make.
KINDS = {
    "value",
    "protocol",
    "timeout",
    "model_failed",
    "content_filtered",
    "capacity",
    "canceled",
    "truncated",
    "network",
    "not_found",
    "billing",
    "auth",
}
ALLOWED = {"stream": KINDS | {"invalid_input"}, "an error": {"invalid_input"}}


def by_lua(lua, case):
    CURRENT["lua"] = case
    # The secret is fetched once and kept by a client: that case has a new one each time.
    chunk = CHUNK % ("short" if case.is_long() else "patient", OPERATIONS[case.operation][1])
    if case.operation == "webhooks:secret":
        chunk = (
            f'kept.patient:close() kept.patient = new{{base_url="{web.url("/lua/v1")}", timeout=20, poll_interval=0.02}} ' + chunk
        )
    return lua.run(chunk)


def in_lua(row, cases, seen):
    lua = Lua(chunk=TOUCH)
    for case in cases:
        answered = by_lua(lua, case)
        got = kind(answered)
        row.check(got in ALLOWED.get(case.operation, KINDS), f"{case.operation}, {case.what}: {shown(answered)}")
        seen[got] += 1
        if got == "ended":
            lua.close()
            lua = Lua(chunk=TOUCH)
    lua.close()


def touch(event, pointers):
    """What a C program may ask of an answer."""
    if event is None:
        return "no event"
    error = event.error()
    if error:
        return error.kind
    json.loads(event.json() or b"null", parse_constant=str)
    for pointer in pointers:
        for ask in (event.type, event.count, event.string, event.value, event.integer, event.number, event.boolean):
            ask(pointer)
    return "value"


CLIENTS = {}


def in_c(row, cases, seen):
    if not CLIENTS:
        CLIENTS.update({is_long: abi.Client(web.url("/c/v1"), timeout_ms=150 if is_long else 20000) for is_long in (True, False)})
        CLIENTS.update(input=abi.input_of(b"{}"), updates=abi.options(updates=1, poll_interval_ms=20))
    for case in cases:
        whole, _, call = OPERATIONS[case.operation]
        if call is None:
            continue
        function, *arguments = call
        pointers = [b"", *("/" + "/".join(map(str, place)) for place in paths(whole))]
        pointers = [p if isinstance(p, bytes) else p.encode() for p in pointers]
        CURRENT["c"] = case
        given = [CLIENTS["input"] if a == "input" else a for a in arguments]
        try:
            event = CLIENTS[case.is_long()].call(function, *given, CLIENTS["updates"] if case.operation in WAITING else None)
            got = touch(event, pointers)
        except abi.Refused as refused:
            got = f"at once: {refused}"
        row.check(got in ALLOWED.get(case.operation, KINDS), f"C, {case.operation}, {case.what}: {got}")
        seen[got] += 1


def run():
    make()
    row = Row(
        "R76",
        "each field in turn null, number, text, list, object, missing, doubled; HTML, empty, cut: a value or an error, 0 raised",
    )
    # The quick run takes every so many of the cases, never two of one field.
    cases = CASES if LONG else CASES[::37]
    if os.environ.get("FIELDS"):
        cases = [case for case in CASES if case.operation == os.environ["FIELDS"]]
    first = [case for case in CASES if case.what == RIGHT and case.operation != "an error"]
    seen, seen_by_c = collections.Counter(), collections.Counter()
    for case in first:
        with_c = collections.Counter()
        in_c(row, [case], with_c)
        check(not with_c or set(with_c) <= {"value", "model_failed"}, f"{case.operation} as it should be, through C: {with_c}")
    in_lua(row, cases, seen)
    in_c(row, cases, seen_by_c)
    with Lua(chunk=TOUCH) as lua:
        for case in first:
            answered = by_lua(lua, case)
            wanted = "model_failed" if case.operation == "run, failed" else "value"
            row.check(kind(answered) == wanted, f"{case.operation}, as it should be, after it all: {shown(answered)}")

    def told(counter):
        return ", ".join(f"{count} {name}" for name, count in counter.most_common())

    row.say(
        f"{len(OPERATIONS)} answers, {sum(seen.values())} cases in Lua ({told(seen)}), "
        f"{sum(seen_by_c.values())} in C ({told(seen_by_c)})"
    )
    demand = "right JSON with a field that is another, through C and Lua: an error or a documented default, 0 traps"
    print(f"row\tF56\t{demand}\tthose of R76: {row.good} of {row.good + row.bad} checks\t{'missed' if row.bad else 'ok'}")


run()
finish()
