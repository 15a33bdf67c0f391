"""Judges a cell: by the log first, then by what the client said."""

import base64
import re
import time

#: Where the token may be seen.
TOKEN_LISTENERS = {"api"}
LINE = re.compile(r"^(GET|POST|PUT|PATCH|DELETE|QUERY) /s/\d+/(v1|file|stream)(/[!-~]*)? HTTP/1\.1$")
ROUTE = re.compile(r"^/s/\d+/v1(/[A-Za-z0-9._~%:@!$&'()*+,;=-]+)+(\?[!-~]*)?$")


def is_clean(request):
    """One of the API's routes with encoded segments, or a file's path as its URL had it; no dot segment in either."""
    path = request.path.split("?")[0]
    if not LINE.match(request.line) or "#" in request.line or any(each in (".", "..") for each in path.split("/")):
        return False
    return "/v1/" not in path or ROUTE.match(request.path) is not None


#: Beside others a request may be read this late, and the end of a connection be noticed, in seconds.
BUSY = 0.3
#: After the fault its connection is worth nothing: it is closed within this.
CLOSED = 1.0

#: A call is back by its deadline and this, in seconds; what the process itself was late by does not count.
SLACK = 1.0


def of_log(cell, result):
    """What must never be, however late anything is."""
    scenario, expect = cell.scenario, cell.expect
    requests = cell.requests()
    error = (result or {}).get("error") or {}
    for route in ("create", "upload"):
        creates = [each for each in scenario.requests if each.route == route and each.nonce in ("", cell.nonce)]
        whole = [each for each in creates if each.is_whole and each.status != 429]
        if len(whole) > 1:
            yield f"{len(whole)} whole bodies of one {route}"
    if cell.operation in ("create", "upload", "run", "stream"):
        creates = [each for each in scenario.requests if each.route in ("create", "upload") and not each.nonce.endswith("-plain")]
        if error and (cell.operation in ("create", "upload") or error.get("delivery")):
            yield from of_delivery(error, creates)
    if cell.operation == "attach":
        yield from of_attached(scenario, error)
    high = expect.requests[1]
    if len(requests) > high:
        yield f"{len(requests)} requests where {high} are due"
    for request in requests:
        if expect.written is not None and request.written > expect.written:
            yield f"{request.written} bytes of the answer were taken, where {expect.written} are the most"
    for request in scenario.requests:
        if request.has_token and request.connection.listener not in TOKEN_LISTENERS:
            yield f"the token was sent to the origin {request.connection.listener}"
        if not is_clean(request):
            yield f"a request line that is not clean: {request.line[:200]!r}"
    if cell.mode.demand.is_poison:
        yield from of_poisoned(cell, result)
    yield from of_late_requests(cell, result)
    cancels = sum(each.route == "cancel" for each in scenario.requests)
    if cell.cancels is not None and cancels > cell.cancels:
        yield f"{cancels} cancels"
    for path in cell.strangers():
        yield f"a file outside of its folder, or half of one: {path}"
    plain = (result or {}).get("plain") or {}
    if "nonce" in plain and not plain.get("ok"):
        yield f"the call after it got another's answer: {plain.get('nonce')}"
    value = (result or {}).get("value") or {}
    if value and "value" not in value and value.get("nonce") != cell.nonce:
        yield f"the answer is another's: its nonce is {value.get('nonce')}"
    if cell.operation == "download":
        is_whole = cell.leftovers()
        if value and not is_whole:
            yield "the file is not whole, and there was no error"
        if error and is_whole is not None:
            yield "there was an error, and a file"
    if value and expect.outcome == "error":
        yield "a value where an error is due"


def of_poisoned(cell, result):
    late = (result or {}).get("late", 0)
    for connection in {each.connection for each in cell.scenario.requests}:
        modes = [each.mode for each in connection.requests]
        if any(modes[:-1]):
            yield "the connection was used again after the fault"
        if connection.faulted is None or not cell.is_closing_watched:
            continue
        seconds = ((connection.ended or time.monotonic_ns()) - connection.faulted) / 1e9
        if seconds > CLOSED + BUSY + late:
            yield f"the connection was open for {seconds:.1f} s after the fault"


def of_late_requests(cell, result):
    """Of the call and its retries none begins behind the deadline. Each of many pages has its own; a run that has ended may be
    canceled."""
    if not result or cell.operation in ("pages", "twice"):
        return
    end = result["start"] + cell.deadline + BUSY + result.get("late", 0)
    for request in cell.scenario.requests:
        is_other = request.route == "plain" or request.nonce.endswith("-plain")
        is_end = request.route == "cancel" and cell.operation != "cancel"
        if not is_other and not is_end and request.time / 1e9 > end:
            seconds = request.time / 1e9 - result["start"]
            yield f"a {request.route} began {seconds:.2f} s after the call, with {cell.deadline} s for it"


def of_delivery(error, requests):
    """Whether an error says of a create what its last request met, by the log: no status, or which one. Of an attempt whose
    connection was reset before a byte was read the log has no request: the last one in it is the last attempt's if it says the
    same status."""
    delivery = error.get("delivery")
    last = requests[-1].status if requests else None
    if len(requests) < (error.get("attempts") or 0) and last != error.get("status"):
        last = None
    if delivery == "not_sent":
        if requests:
            yield f"not_sent, but {len(requests)} requests came"
    elif delivery == "rejected":
        if last is None or not 300 <= last < 500 or last in (408, 425):
            yield f"rejected, but the last status was {last}"
    elif delivery == "maybe_sent":
        if last is not None and 400 <= last < 500 and last not in (408, 425):
            yield f"maybe_sent, but the server said {last}"
    else:
        yield f"the delivery is {delivery}"


FILE_INSIDE = b"base64," + base64.b64encode(b"a file" * 100)


def of_attached(scenario, error):
    """A prediction whose file could not be uploaded has it inside, whole; or it is not created."""
    for request in scenario.requests:
        if request.route == "create" and not request.nonce.endswith("-plain"):
            if error:
                yield "it was created, without its file"
            elif request.is_whole and FILE_INSIDE not in request.body.replace(b"\\/", b"/"):
                yield "the file is not inside of what was created"


def of_client(cell, result):
    """What an overloaded machine can spoil."""
    expect = cell.expect
    if result is None:
        yield "the client said nothing: it hangs or it crashed"
        return
    value, error = result.get("value"), result.get("error") or {}
    seconds = result["seconds"]
    late = result.get("late", 0)
    # Of pages each has its own deadline.
    if cell.operation != "pages" and seconds > cell.deadline + SLACK + late:
        yield f"it took {seconds:.2f} s with a deadline of {cell.deadline} s"
    least, most = expect.seconds
    if seconds < least or (most and seconds > most + late):
        yield f"it took {seconds:.2f} s; {least} to {most or 'any'} are due"
    shown = f"{error.get('kind')}: {error.get('message')}"[:240]
    if expect.outcome == "value" and not value:
        yield f"an error where a value is due: {shown}"
        return
    if value:
        yield from of_value(expect, value)
    requests = len(cell.requests())
    if cell.cancels and not any(each.route == "cancel" for each in cell.scenario.requests):
        yield "it was not canceled on the server"
    if value and expect.outcome == "either":
        pass
    elif requests < expect.requests[0]:
        yield f"{requests} requests where {expect.requests[0]} are due ({shown})"
    if error:
        yield from of_error(expect, error, shown)
        wanted, carried = expect.prediction, error.get("prediction")
        known = list(cell.scenario.owners) if wanted is True else [wanted]
        if wanted and carried not in known:
            yield f"the error should carry the prediction {' or '.join(known)}, not {carried}: {shown}"
    if expect.events is not None:
        events = [each["data"] for each in result.get("events") or []]
        is_right = len(events) >= expect.events if isinstance(expect.events, int) else events == list(expect.events)
        if not is_right:
            yield f"the events were {events}, and not {expect.events}"
    plain = result.get("plain")
    if cell.is_plain_checked and not (plain or {}).get("ok"):
        problem = (plain or {}).get("error") or {}
        yield f"the call after it failed: {problem.get('kind')}: {problem.get('message')}"


def of_value(expect, value):
    for name, *wanted in expect.fields:
        found = value.get(name)
        if found != wanted[0] if len(wanted) == 1 else found is None or not wanted[0] <= found <= wanted[1]:
            yield f"its {name} should be {' to '.join(map(str, wanted))}, not {found}"


def of_error(expect, error, shown):
    if expect.kinds and error.get("kind") not in expect.kinds:
        yield f"the kind should be {' or '.join(sorted(expect.kinds))}: {shown}"
    for word in expect.words:
        if word.lower() not in error.get("text", "").lower():
            yield f'the message should say "{word}": {shown}'
    for word in expect.unsaid:
        if word.lower() in error.get("text", "").lower():
            yield f'the message should not say "{word}": {shown}'
    if expect.delivery and error.get("delivery") not in expect.delivery:
        yield f"the delivery should be {' or '.join(sorted(expect.delivery))}, not {error.get('delivery')}: {shown}"
    if expect.status is not None and error.get("status") != expect.status:
        yield f"the status should be {expect.status}, not {error.get('status')}"
    if expect.attempts is not None and error.get("attempts") != expect.attempts:
        yield f"attempts should be {expect.attempts}, not {error.get('attempts')}: {shown}"
    if expect.detail is not None and error.get("detail") != expect.detail:
        yield f"the detail should be {expect.detail!r}, not {error.get('detail')!r}"
    if expect.retry_after is not None and error.get("retry_after") != expect.retry_after:
        yield f"retry_after should be {expect.retry_after}, not {error.get('retry_after')}"
    if len(error.get("message", "")) > 800:
        yield f"a message of {len(error['message'])} bytes"
