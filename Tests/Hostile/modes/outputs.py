"""F118 to F121: lists whose pages lead nowhere good, outputs that are no files or huge ones, and endless logs."""

import base64

from demands import expect
from modes import mode
from modes.api import fields, one

PAGES = one("pages", expect("error", "protocol", "page", requests=(1, 12))).with_options(timeout=4)


def page(x, following):
    yield x.answer(200, {"next": following(x), "previous": None, "results": [{"id": "p1", "status": "succeeded"}]})


def turn(x, count):
    number = int(x.path.partition("page=")[2] or 0)
    return x.url("api", f"/v1/predictions?page={(number + 1) % count}")


mode("F118/same", PAGES, following=lambda x: x.url("api", "/v1/predictions?page=1"))(page)
mode("F118/three", PAGES, following=lambda x: turn(x, 3))(page)
mode(
    "F118/thousand",
    one("pages", expect("value", requests=(1, 2000)), most=100).with_options(timeout=8),
    following=lambda x: turn(x, 1 << 40),
)(page)
AWAY = expect("error", "invalid_input protocol", requests=1)
mode("F119", PAGES.but(pages=AWAY), following=lambda x: x.url("other", "/v1/predictions?page=1"))(page)
mode("F119/user", PAGES.but(pages=AWAY), following=lambda x: x.url("api", "/v1/predictions").replace("//", "//other@"))(page)
mode("F119/file", PAGES.but(pages=AWAY), following=lambda x: "file:///etc/passwd")(page)
mode("F119/number", PAGES.but(pages=AWAY), following=lambda x: 5)(page)

#: What is read: each of these is an error, of the URL or of the text, and nothing is opened.
UNREADABLE = {
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:9/x",
    "dict": "dict://127.0.0.1:1/x",
    "ftp": "ftp://127.0.0.1:9/y",
    "bad-base64": "data:image/png;base64,@@@@",
    "half-base64": "data:image/png;base64,AAAAA",
    "late-base64": "data:image/png;base64," + "AAAA" * 100_000 + "!",
    "padding": "data:image/png;base64,AA=A",
    "escape": "data:text/plain,%zz",
    "no-comma": "data:text/plain;base64",
}
LARGE = 20_000_000


def outputs(x, value):
    yield fields(x, status="succeeded", output=value(x) if callable(value) else value)


# Before the caller reads, nothing is fetched: the one look at the prediction is all that comes, on any listener.
for name, value in {
    "schemes": [*UNREADABLE.values(), "http://169.254.169.254/latest"],
    "many": lambda x: [x.url("other", f"/file/{n}.bin") for n in range(10_000)],
    "deep": lambda x: [[[[[x.url("other", "/file/x.bin")]]]]],
}.items():
    demand = one("run", expect("value", requests=1), routes=["get", "file"]).with_options(timeout=8)
    mode(f"F120/{name}", demand, value=value)(outputs)
for name, value in UNREADABLE.items():
    demand = one("run_and_read", expect("error", "invalid_input", "URL", requests=1), routes=["get", "file"])
    mode(f"F120/read-{name}", demand.with_options(timeout=8), value=[value])(outputs)
mode(
    "F120/data",
    one("run_and_read", expect("value", requests=1, fields=(("bytes", LARGE), ("count", 1)))).with_options(timeout=20),
    value=lambda x: ["data:image/png;base64," + base64.b64encode(bytes(range(250)) * (LARGE // 250)).decode()],
)(outputs)


def progress(lines, timeout):
    """Found in less than a second, however long the rest takes."""
    row = expect("value", requests=1, fields=(("count", lines), ("current", lines - 1), ("took", 0, 1)))
    return one("progress", row, routes=["get"]).with_options(timeout=timeout)


@mode("F121", progress(100_000, 8), lines=100_000)
@mode("F121/million", progress(1_000_000, 15), is_long=True, lines=1_000_000)
def long_logs(x, lines):
    logs = "".join(f"{n % 100}%|##| {n}/{lines} [00:01<00:01, 9.9it/s]\n" for n in range(lines))
    yield fields(x, status="processing", output=None, logs=logs)
