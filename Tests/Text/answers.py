"""R75: answers as the service gives them: each is read, every field of it can be reached, and what nobody here knows stays. They
are the examples of the API's own description (examples.json; what it leaves out with dots is filled in), what the sandbox answers
to each operation, and a few of great length."""

import json
import os
import urllib.request

import abi
from expected import Pairs, in_lua, read, written
from shared import CANARY, HEX, LONG, Lua, Row, Web, answer, check, finish, kind, number_of, shown, unhex

HERE = os.path.dirname(os.path.abspath(__file__))
ANSWERS = []
web = Web(lambda request: answer(ANSWERS[number_of(request.target)], "200 OK"))


def examples():
    with open(f"{HERE}/examples.json", encoding="utf-8") as file:
        given = json.load(file)
    with open(f"{HERE}/../bench/prediction.json", "rb") as file:
        yield "Tests/bench/prediction.json", file.read()
    for name, value in given.items():
        yield name, json.dumps(value, indent=1, ensure_ascii=len(name) % 2 == 0).encode()


def ask(method, path, given=None):
    data = None if given is None else json.dumps(given).encode()
    request = urllib.request.Request(os.environ["REPLICATE_SANDBOX_URL"] + path, data, method=method)
    request.add_header("Authorization", "Bearer " + CANARY)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as got:
        return got.read()


def recorded():
    """What the sandbox answers, operation by operation."""
    made = {}

    def take(name, method, path, given=None):
        made[name] = ask(method, path, given)
        return json.loads(made[name])

    own = f"d{os.getpid()}"
    deployment = {"name": own, "model": "replicate/hello-world", "hardware": "cpu", "min_instances": 0, "max_instances": 1}
    model = take("models.get", "GET", "/models/replicate/hello-world")
    version = model["latest_version"]["id"]
    owner = take("account.get", "GET", "/account")["username"]
    one = take("predictions.create", "POST", "/predictions", {"version": version, "input": {"text": "Alice"}})
    take("models.predictions.create", "POST", "/models/replicate/hello-world/predictions", {"input": {"text": "Bob"}})
    for path in ("collections", "hardware", "models", "predictions", "trainings", "files", "deployments"):
        take(path + ".list", "GET", "/" + path)
    listed = json.loads(made["collections.list"])["results"]
    if listed:
        take("collections.get", "GET", f"/collections/{listed[0]['slug']}")
    take("predictions.get", "GET", f"/predictions/{one['id']}")
    take("predictions.cancel", "POST", f"/predictions/{one['id']}/cancel", {})
    take("models.versions.list", "GET", "/models/replicate/hello-world/versions")
    take("models.versions.get", "GET", f"/models/replicate/hello-world/versions/{version}")
    take("models.examples.list", "GET", "/models/replicate/hello-world/examples")
    take("search", "GET", "/search?query=hello")
    take("webhooks.default.secret.get", "GET", "/webhooks/default/secret")
    take("deployments.create", "POST", "/deployments", {**deployment, "version": version})
    take("deployments.get", "GET", f"/deployments/{owner}/{own}")
    take("deployments.update", "PATCH", f"/deployments/{owner}/{own}", {"max_instances": 2})
    take("deployments.predictions.create", "POST", f"/deployments/{owner}/{own}/predictions", {"input": {"text": "x"}})
    for each in json.loads(made["models.list"])["results"]:
        take(f"models.get {each['owner']}/{each['name']}", "GET", f"/models/{each['owner']}/{each['name']}")
    return made.items()


def long_ones(prediction):
    """Up to the 2.1 MB of the longest that was ever recorded, and beyond."""
    whole, times, depth = json.loads(prediction), 1 if LONG else 20, 200 if LONG else 20
    outputs = [f"https://replicate.delivery/x/{number}.png" for number in range(20_000 // times)]
    logs = "50%|#####     | 5/10 \U0001f600\n" * (62_000 // times)
    yield "a prediction of long logs", json.dumps({**whole, "logs": logs}).encode()
    yield "a prediction of many outputs", json.dumps({**whole, "output": outputs}).encode()
    yield "a long page", json.dumps({"next": None, "previous": None, "results": [whole] * (500 // times)}).encode()
    yield "a deep input", json.dumps({**whole, "input": json.loads('{"a":[' * depth + "1" + "]}" * depth)}).encode()


def with_unknown(text):
    """The same with a field in each object that nobody knows."""

    def more(value):
        if isinstance(value, dict):
            return {
                **{name: more(each) for name, each in value.items()},
                "x-new": {"of": [1, None, {"deep": "\u00e9"}], "big": 2**53 + 1},
            }
        return [more(each) for each in value] if isinstance(value, list) else value

    return json.dumps(more(json.loads(text))).encode()


def pointers(value, at=""):
    """Each place, and what is there."""
    yield at, value
    members = value if isinstance(value, Pairs) else enumerate(value) if isinstance(value, list) else ()
    for name, each in members:
        yield from pointers(each, f"{at}/{str(name).replace('~', '~0').replace('/', '~1')}")


def in_c(row, name, base, text):
    client = abi.Client(base)
    event = client.call("account_get", None)
    client.free()
    if not row.check(event.kind == abi.DONE and event.json() == text.strip(), f"{name}: {event.error()}"):
        return 0
    count, places = 0, list(pointers(read(text)))
    # Each lookup reads the text from its beginning: of the long ones, some of the places.
    step = 1 + len(places) // (1000 if LONG else 100)
    for place, value in places[::step]:
        pointer = place.encode()
        if isinstance(value, Pairs):
            good = event.type(pointer) == "object" and event.count(pointer) == len(value)
        elif isinstance(value, list):
            good = event.type(pointer) == "array" and event.count(pointer) == len(value)
        elif isinstance(value, str):
            good = event.string(pointer) == value.encode()
        elif isinstance(value, bool):
            good = event.boolean(pointer) == value
        elif value is None:
            good = event.type(pointer) == "null"
        else:
            good = event.number(pointer) == float(value[1]) and (value[0] == "float" or event.integer(pointer) == int(value[1]))
        row.check(good, f"{name}: C does not reach {place}")
        count += 1
    return count


def in_lua_too(row, lua, name, base, text):
    result = lua.run(
        f'local value, err = new{{base_url="{base}", timeout=60}}:request("/x") if not value then return nil, err end '
        "return kept.hex(assert(replicate.json_encode(value)))"
    )
    if row.check(kind(result) == "value", f"{name}: {shown(result)}"):
        row.check(same(written(unhex(result["value"])), in_lua(read(text))), f"{name}: Lua has something else")
    # As an object: its text is what came, and its fields are.
    if b'"status"' in text and isinstance(json.loads(text), dict) and "id" in json.loads(text):
        result = lua.run(
            f'local p, err = new{{base_url="{base}", timeout=60}}.predictions:get("{json.loads(text)["id"]}") '
            "if not p then return nil, err end local copy = replicate.object {} "
            "for name in pairs(replicate.json_decode(p:json())) do copy[name] = rawget(p, name) end "
            "return kept.hex(p:json()) .. ' ' .. kept.hex(assert(replicate.json_encode(copy)))"
        )
        if row.check(kind(result) == "value", f"{name}: {shown(result)}"):
            whole, fields = (unhex(part) for part in result["value"].split(" "))
            row.check(whole == text.strip(), f"{name}: json() is not what came")
            row.check(same(written(fields), in_lua(read(text))), f"{name}: a field of the object is another")


def same(a, b):
    """Whatever the order of keys."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def run():
    row = Row("R75", "recorded answers, up to 2.1 MB: all are read, every field is reached, unknown fields stay")
    described, from_sandbox = list(examples()), list(recorded())
    longest = list(long_ones(described[0][1]))
    known = described + from_sandbox + longest
    places = 0
    everything = known + [(f"{name}, with what is new", with_unknown(text)) for name, text in known]
    with Lua(chunk=HEX) as lua:
        for name, text in everything:
            ANSWERS.append(text)
            base = web.url(f"/c/{len(ANSWERS) - 1}/v1")
            places += in_c(row, name, base, text)
            in_lua_too(row, lua, name, base, text)
    check(len(from_sandbox) >= 25, f"the sandbox gave {len(from_sandbox)}")
    row.say(
        f"in place of cassettes, of which there are none here: {len(described)} examples (the API's description, Tests/bench), "
        f"{len(from_sandbox)} answers of the sandbox, {len(longest)} long ones, and each with unknown fields: {len(everything)} "
        f"answers up to {max(len(text) for _, text in everything) / 1e6:.1f} MB, {places} places by pointer in C, in the "
        "long ones some of them; all fields in Lua"
    )


run()
finish()
