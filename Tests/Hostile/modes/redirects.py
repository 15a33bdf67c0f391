"""F90 to F99: redirects. A call of the API follows none: what a POST turned into is nobody's wish. A file's URL is followed, ten
times at most, to http and https alone, and the token never goes along to another origin. (F93, https to http, is TLS's.)"""

from demands import Demand, expect
from modes import mode

API = ("get", "create", "cancel", "delete")


def rows(download, api=True, most=11):
    """For a file, and for a call of the API, which is refused after one request."""
    table = {"download": download}
    if api:
        for name in API:
            table[name] = expect("error", "protocol", (), "maybe_sent rejected" if name == "create" else "", (1, 3))
    return Demand(table).with_options(max_retries=2)


def to(x, location, status=302, *more):
    fields = [f"Location: {location}" if isinstance(location, str) else "", *more]
    yield x.answer(status, b"", *[each for each in fields if each], kind=None)


STOPS = expect("error", "protocol", "redirect", requests=(1, 11))


@mode("F90", rows(STOPS))
def to_itself(x):
    yield from to(x, x.request.path)


@mode("F90/two", rows(STOPS))
def to_and_fro(x):
    here = x.request.path
    yield from to(x, here[:-2] if here.endswith(".b") else here + ".b")


@mode("F91", rows(expect("error", "protocol", "redirect", requests=(1, 21))))
def long_chain(x):
    name, _, number = x.request.path.partition(".hop")
    number = int(number or 0)
    if number >= 25:
        yield x.good()
    else:
        yield from to(x, f"{name}.hop{number + 1}")


FOLLOWED = expect("value", requests=(1, 2))


def elsewhere(x, status, form):
    port = x.scenario.server.ports["other"]
    path = f"{x.scenario.prefix}/file/x.bin"
    where = {
        "port": f"http://127.0.0.1:{port}{path}",
        "host": f"http://localhost:{port}{path}",
        "slashes": f"//127.0.0.1:{port}{path}",
        "user": f"http://127.0.0.1@127.0.0.1:{port}{path}",
    }[form]
    yield from to(x, where, status)


for status in (301, 302, 303, 307, 308):
    mode(f"F92/{status}", rows(FOLLOWED).met(1), status=status, form="port")(elsewhere)
for form in ("host", "slashes", "user"):
    row = FOLLOWED if form != "user" else expect("error", "protocol", "redirect", requests=1)
    mode(f"F92/{form}", rows(row).met(1), status=302, form=form)(elsewhere)

NOWHERE = expect("error", "protocol", "redirect", requests=1)
for name, location in {
    "file": "file:///etc/passwd",
    "ftp": "ftp://127.0.0.1/x",
    "gopher": "gopher://127.0.0.1:9/x",
    "data": "data:text/plain,abc",
    "javascript": "javascript:alert(1)",
    "dict": "dict://127.0.0.1:9/x",
    "smb": "smb://127.0.0.1/x",
    "upper": "FILE:///etc/passwd",
}.items():
    mode(f"F94/{name}", rows(NOWHERE), location=location)(to)
mode("F95", rows(NOWHERE), location=None)(to)
mode("F95/empty", rows(NOWHERE), location="")(lambda x, location: to(x, None, 302, "Location: "))
mode("F95/300", rows(expect("error", requests=1)), location=None, status=300)(to)
mode("F95/304", rows(expect("error", requests=(1, 3))), location=None, status=304)(to)


@mode("F96", rows(expect("error", "protocol", requests=(1, 3))))
def two_places(x):
    path = f"{x.scenario.prefix}/file/x.bin"
    yield from to(x, x.url("other", "/file/x.bin"), 302, f"Location: {path}")


# Whatever comes of it, the log's rule is that nothing raw stands in a request line.
for name, text in {
    "relative": "y.bin",
    "dots": "../file/y.bin",
    "spaces": "a b.bin",
    "utf8": "caf\u00c3\u00a9.bin",
    "nul": "a%00b.bin",
    "line-end": "a%0d%0ab.bin",
    "fragment": "y.bin#part",
    "query": "y.bin?a=b#c",
    "tab": "a\tb.bin",
    "backslash": "a\\b.bin",
}.items():
    row = FOLLOWED if name in ("relative", "dots", "fragment", "query") else expect("either", "protocol", requests=(1, 2))
    mode(f"F97/{name}", rows(row, api=False).met(1), location=text)(to)

for status in (301, 302, 303, 307, 308):
    create = expect("error", "protocol", (), "maybe_sent rejected", 1)
    mode(f"F98/{status}", Demand({"create": create, "upload": create}), status=status, form="port")(elsewhere)


def there_and_back(x):
    """From the API's own origin to the other one, and back: each hop on its own listener."""
    path = x.request.path
    if path.endswith(".back"):
        yield x.good()
    elif path.endswith(".there"):
        yield from to(x, x.scenario.base_of("api") + "/file/x.back")
    else:
        yield from to(x, x.scenario.base_of("other") + "/file/x.there")


mode("F99", rows(expect("value", requests=3), api=False))(there_and_back)
