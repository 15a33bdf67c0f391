"""R53, F120: what a model says that its output is. Only http and https are ever opened, nothing before the caller reads, and
with private_addresses="refuse" no address that is not of the public Internet: in this namespace every address is this
machine's, and one server hears whatever is sent to any of them."""

import base64
import os
import re
import socket
import subprocess

from common import FileServer, Folder, Traced, certificate, digest, finish, head, json_answer, plain, quick_or_long, whole
from harness import LONG, WORK, Lua, Row, check, kind, lua_text, shown
from server import Web, answer, prediction

FILE = b"the bytes"
home = FileServer()
BASE = home.url("/v1")


class Everywhere(FileServer):
    """Hears all addresses, and remembers which one each connection was for."""

    def __init__(self):
        self.arrived = []
        try:
            super().__init__(host="::", family=socket.AF_INET6)
        except OSError:
            print("not testable here: addresses of version 6")
            super().__init__(host="0.0.0.0")

    def serve(self, listener, connection):
        with self.lock:
            self.arrived.append(connection.getsockname()[0].removeprefix("::ffff:"))
        super().serve(listener, connection)


every = Everywhere()
HAS_6 = every.host == "::"
P = every.port
every.plan["*"] = lambda connection, request: respond(connection, request)


def respond(connection, request):
    """/to/N: a redirect to the place of that number; else a file."""
    number = re.match(r"/to/(\d+)", request.target)
    if number:
        connection.sendall(head(0, "302 Found", f"Location: {places[int(number[1])]}\r\n"))
    elif request.target.endswith("stream"):
        events = b"event: output\ndata: x\n\nevent: done\ndata: {}\n\n"
        connection.sendall(head(len(events), kind="text/event-stream") + events)
    else:
        whole(FILE)(connection, request)


home.plan["*"] = respond
places = []
PRIVATE = """
127.0.0.1 127.0.0.2 127.255.255.254 10.0.0.1 10.255.255.254 172.16.0.1 172.31.255.254 192.168.0.1 192.168.255.254
169.254.169.254 169.254.0.1 100.64.0.1 100.127.255.254 0.0.0.0 0.1.2.3 192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1
198.19.255.254 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 ::1 :: ::ffff:127.0.0.1
::ffff:169.254.169.254 ::ffff:a00:1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 2001:db8::1 3fff::1 64:ff9b::7f00:1
64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2001::1 2001:10::1 100::1 ::7f00:1 5f00::1
""".split()
#: Such addresses in other words.
SPELLED = """
2130706433 0x7f000001 0177.0.0.1 127.1 0x7f.1 2852039166 0xa9fea9fe localhost LOCALHOST localhost. 0 [::ffff:127.0.0.1]
""".split()
PUBLIC = ["8.8.8.8", "93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001::1", "64:ff9b::808:808"]
PUBLIC = [each for each in PUBLIC if HAS_6 or ":" not in each]


def host_of(address):
    return f"[{address}]" if ":" in address and not address.startswith("[") else address


def names_in_hosts():
    """Names for all of them, two for some; the file stands over /etc/hosts in this namespace alone."""
    with open(f"{WORK}/hosts", "w", encoding="ascii") as file:
        file.write("127.0.0.1 localhost\n::1 localhost\n")
        for number, address in enumerate(PRIVATE + PUBLIC):
            file.write(f"{address} n{number}.test\n")
        for number, address in enumerate(PRIVATE):
            file.write(f"{address} both{number}.test\n{PUBLIC[0]} both{number}.test\n")
    subprocess.run(["mount", "--bind", f"{WORK}/hosts", "/etc/hosts"], check=True)


def make(options):
    return f'new{{base_url="{BASE}", timeout=40, connect_timeout=30, {options}}}'


#: @ is the URL, ? the options of the call.
READS = {
    "read": "kept.c:file_output(@):read(?)",
    "save": f'kept.c:file_output(@):save("{WORK}/saved", ?)',
    "chunks": "(function() for bytes in kept.c:file_output(@):chunks(?) do return bytes end end)()",
    "save_outputs": f"kept.run(@, '{WORK}/outputs', ?)",
    "stream": "kept.stream(@ .. '?stream', ?)",
}
KEPT = """
kept.run = function(url, folder, more)
    return kept.c:run("a/b", {input={url=url}, save_outputs=folder, private_addresses=more and more.private_addresses})
end
kept.stream = function(url, more)
    local stream, err = kept.c:stream("a/b:" .. ("a"):rep(64), {
        input={url=url}, private_addresses=more and more.private_addresses,
    })
    if not stream then return nil, err end
    for event in stream do return event.data end
end
"""


def echoed(connection, request):
    """A prediction whose output and stream are the URL that it was given."""
    url = re.search(rb'"url":"([^"]*)"', request.body)[1].decode().replace("\\/", "/")
    base = home.url("/v1/predictions/abc")
    body = prediction(output=[url], urls={"get": base, "cancel": base + "/cancel", "stream": url})
    json_answer(body)(connection, request)


home.plan["/v1/predictions"] = home.plan["/v1/models/a/b/predictions"] = echoed


def ways_to():
    """(what it is, URL) of each private address by each way there is to it."""
    places[:] = [f"http://{host_of(each)}:{P}/x" for each in PRIVATE + SPELLED]
    for number, each in enumerate(PRIVATE + SPELLED):
        yield f"{each} in the URL", places[number]
        yield f"a redirect from the API's host to {each}", home.url(f"/to/{number}")
        yield f"a redirect from a public host to {each}", f"http://{PUBLIC[0]}:{P}/to/{number}"
        if number < len(PRIVATE):
            yield f"a name of {each}", f"http://n{number}.test:{P}/x"
            yield f"a name of {each} and of a public one", f"http://both{number}.test:{P}/x"
            places.append(f"http://n{number}.test:{P}/x")
            yield f"a redirect to a name of {each}", f"http://{PUBLIC[0]}:{P}/to/{len(places) - 1}"


def private_addresses():
    row = Row(
        "R53",
        'private_addresses="refuse": private addresses in URLs, behind redirects and names: 0 connections; public ones are read',
    )
    names_in_hosts()
    ways = list(ways_to())
    reads = 0
    with Lua() as lua:
        lua.run(KEPT + f"kept.c = {make('')}")
        reached = set()
        for number, each in enumerate(PRIVATE):
            before = len(every.arrived)
            lua.run(f"return kept.c:file_output({lua_text(places[number])}):read{{timeout=10}}")
            if len(every.arrived) > before:
                reached.add(each)
        row.check(
            len(reached) >= (30 if HAS_6 else 20),
            f"without the option only {len(reached)} of them are to be had here, so this says little",
        )
        for setting in ("client", "call"):
            lua.run(f"""kept.c = {make('private_addresses="refuse"' if setting == "client" else "")}""")
            for name, use in READS.items():
                use = use.replace("?)", "nil)" if setting == "client" else "{private_addresses='refuse'})")
                step = 1 if LONG and (name in ("read", "save_outputs") or setting == "client") else quick_or_long(29, 5)
                for what, url in ways[:: step if name != "read" or LONG else 7]:
                    before = len(every.arrived)
                    answered = lua.run(f"return {use.replace('@', lua_text(url))}")
                    came = [each for each in every.arrived[before:] if each not in PUBLIC]
                    text = f"{name}, set for the {setting}, {what}"
                    row.check(not came, f"{text}: a connection to {came}, {shown(answered)}")
                    # The other address may be the one that is read. Not every resolver knows of a dot behind localhost.
                    fine = ["protocol"] + ["value"] * ("and of a public one" in what) + ["network"] * ("localhost." in what)
                    row.check(
                        kind(answered) in fine or (name == "stream" and kind(answered) != "ended"), f"{text}: {shown(answered)}"
                    )
                    reads += 1
                # What is public is read, and the API's own origin, wherever that is.
                for each in PUBLIC:
                    answered = lua.run(f"return {use.replace('@', lua_text(f'http://{host_of(each)}:{P}/x'))}")
                    row.check(kind(answered) == "value", f"{name}, {each}: {shown(answered)}")
                answered = lua.run(f"return {use.replace('@', lua_text(home.url('/x')))}")
                row.check(kind(answered) == "value", f"{name}, the API's own origin: {shown(answered)}")
        # A proxy would hide the address, and is not asked.
        lua.run(f"""kept.c = {make(f'private_addresses="refuse", proxy="http://127.0.0.1:{P}"')}""")
        for url in (places[0], f"http://{PUBLIC[0]}:{P}/x", home.url("/to/3")):
            before = len(every.arrived)
            answered = lua.run(f"return kept.c:file_output({lua_text(url)}):read()")
            row.check("127.0.0.1" not in every.arrived[before:], f"a proxy was asked for {url}: {shown(answered)}")
    row.say(
        f"{len(PRIVATE)} addresses ({len(reached)} of them heard without the option), {len(SPELLED)} in other words, "
        f"{len(ways)} ways to them, {reads} reads: 0 connections there; {len(PUBLIC)} public ones read each time"
    )


SCHEMES = """
file ftp ftps gopher gophers dict ldap ldaps smb smbs tftp telnet scp sftp imap imaps pop3 pop3s smtp smtps rtsp rtmp mqtt ws
wss jar netdoc javascript about blob
""".split()


def connected(calls):
    """Ports and paths that were connected to, besides those of the servers."""
    found = []
    for name, arguments, _ in calls:
        port = re.search(r"sin6?_port=htons\((\d+)\)", arguments)
        path = re.search(r'sun_path="([^"]*)"', arguments)
        # The resolver looks for a daemon beside it, and for the DNS.
        is_resolver = (
            (path and b"nscd" in plain(path[1])) or (path and b"resolve" in plain(path[1])) or (port and port[1] == "53")
        )
        if name == "connect" and "AF_UNSPEC" not in arguments and "AF_NETLINK" not in arguments and not is_resolver:
            found.append(int(port[1]) if port else plain(path[1]) if path else arguments)
    return found


def schemes():
    row = Row(
        "R53",
        "outputs with file:, ftp:, gopher: and so on, redirects to them: only http(s) ever opened, 0 local files read, by strace",
    )
    with open(f"{WORK}/secret", "wb") as file:
        file.write(b"secret")
    urls = [f"{scheme}://{rest}" for scheme in SCHEMES for rest in (f"127.0.0.1:{P}/x", f"{WORK}/secret")]
    urls += [
        f"file:{WORK}/secret",
        f"FILE://{WORK}/secret",
        f"file://localhost{WORK}/secret",
        f"{WORK}/secret",
        f"http+unix://{WORK}/secret",
    ]
    urls += [
        f"http:{WORK}/secret",
        f"http:///{WORK}/secret",
        f"url:file://{WORK}/secret",
        f" file://{WORK}/secret",
        f"file\t://{WORK}/secret",
    ]
    first = len(places)
    places.extend(urls)
    ports = {home.port, P}
    folder = Folder()
    with Traced("openat,open,connect,%file") as lua:
        lua.run(KEPT + f"kept.c = {make('max_retries=0')}")
        for number, url in enumerate(urls):
            home.plan["/v1/predictions/abc"] = json_answer(prediction(output=[url]))
            answered = lua.run('local p = assert(kept.c.predictions:get("abc")) return type(p:output()[1])')
            if kind(answered) != "value":
                answered = lua.run(f"local o = assert(kept.c:run('a/b', {{input={{url={lua_text(url)}}}}})) return type(o[1])")
            row.check(answered.get("value") == "string", f"{url!r} is taken for a file: {shown(answered)}")
            answered = lua.run(f"return kept.c:file_output({lua_text(url)}):read()")
            row.check(kind(answered) == "raised", f"{url!r}: {shown(answered)}")
            answered = lua.run(f"return kept.run({lua_text(url)}, {lua_text(folder.path)})")
            row.check(os.listdir(folder.path) == [], f"{url!r}: {os.listdir(folder.path)} {shown(answered)}")
            for start in (home.url(f"/to/{first + number}"), f"http://{PUBLIC[0]}:{P}/to/{first + number}"):
                answered = lua.run(f"return kept.c:file_output({lua_text(start)}):read()")
                row.check(
                    kind(answered) in ("protocol", "network", "not_found") or secretless(answered),
                    f"a redirect to {url!r}: {shown(answered)}",
                )
            answered = lua.run(f"return kept.stream({lua_text(url)})")
            row.check(secretless(answered), f"a stream at {url!r}: {shown(answered)}")
    calls = lua.calls()
    wrong = [each for each in connected(calls) if each not in ports]
    row.check(not wrong, f"connections to {wrong[:5]}")
    opened = [arguments for name, arguments, _ in calls if name in ("open", "openat") and b"/secret" in plain(arguments)]
    row.check(not opened, f"files that were opened: {opened[:3]}")
    row.check(len(connected(calls)) > len(urls), "strace saw no connections")
    # Under https, http is nothing that is opened.
    over = Web(
        lambda request: answer(prediction(output=["http://127.0.0.1:1/x", f"https://127.0.0.1:{over.port}/x"]), "200 OK"),
        made=certificate(),
    )
    with Lua() as lua:
        chunk = f'local c = new{{base_url="https://127.0.0.1:{over.port}/v1", ca_file="{WORK}/ca.pem"}} '
        chunk += 'local o = assert(c:run("a/b", {input={}}))'
        answered = lua.run(chunk + " return type(o[1]) .. type(o[2])")
        row.check(answered.get("value") == "stringtable", f"an API under https: {shown(answered)}")
        answered = lua.run(chunk + ' return c:file_output("http://127.0.0.1:1/x")')
        row.check(kind(answered) == "raised", f"an API under https: {shown(answered)}")
    row.say(
        f"{len(urls)} URLs of {len(SCHEMES)} schemes: 0 connections but to the test's servers, 0 such files opened; "
        "http under an API of https is none"
    )


def secretless(answered):
    return "secret" not in str(answered.get("value")) and kind(answered) != "ended"


BAD = [
    "@@@@",
    "A",
    "AAAAA",
    "AA=",
    "A===",
    "=AAA",
    "AAA=A",
    "AA AA",
    "AAAA\\n",
    "%41%41",
    "AAAA=",
    "AA==AA==",
    "\u0410AAA",
    "AAA\u200b",
]
OTHERS = [
    "data:",
    "data:,%zz",
    "data:,%2",
    "data:image/png;base64",
    "data:image;base64,AAAA",
    "data:a/b;c d,x",
    "data:,a b",
    "data:\\n,x",
    "data:,\u00e9",
]


def before_reading():
    row = Row(
        "F120",
        "outputs with file:, private addresses, 20 MB data URI, bad base64, 10,000 URLs: no fetch before the caller reads; "
        "bad ones: an error",
    )
    inside = os.urandom(quick_or_long(1_500_000, 15_000_000))
    large = "data:image/png;base64," + base64.b64encode(inside).decode()
    many = [f"http://{host_of(PRIVATE[n % 8])}:{P}/{n}" for n in range(10_000)]
    bad = [f"data:image/png;base64,{each}" for each in BAD] + OTHERS
    output = {
        "schemes": [f"file://{WORK}/secret", "gopher://127.0.0.1/x", "dict://127.0.0.1:1/x", "ftp://x/y"],
        "private": [f"http://169.254.169.254:{P}/latest", f"http://[::1]:{P}/x", "http://127.0.0.1:22/"],
        "large": large,
        "bad": bad,
        "many": many,
    }
    body = prediction(
        output=output, urls={"get": home.url("/v1/predictions/abc"), "cancel": home.url("/v1/predictions/abc/cancel")}
    )
    home.plan["/v1/predictions/abc"] = home.plan["/v1/models/a/b/predictions"] = json_answer(body)
    before = len(every.arrived)
    with Traced("connect,openat,open") as lua:
        lua.run(f"kept.c = {make('max_retries=0')}")
        for chunk in (
            'kept.o, kept.p = kept.c:run("a/b", {input={}}) assert(kept.o, kept.p) return #kept.o.many',
            'kept.q = assert(kept.c.predictions:get("abc")) return #kept.q.output.many',
            "kept.w = assert(kept.q:wait()) return #kept.w.output.many",
            "local n = 0 for _, f in ipairs(kept.o.many) do n = n + #tostring(f) + #f:url() f:type() end "
            "collectgarbage() return n > 0 and #kept.o.many",
            "return #assert(kept.c.predictions:get('abc')).output.many",
        ):
            answered = lua.run(chunk, timeout=120)
            row.check(answered.get("value") == "10000", f"{chunk}: {shown(answered)}")
        answered = lua.run("local n = 0 for _, f in ipairs(kept.o.many) do n = n + (type(f) == 'table' and 1 or 0) end return n")
        row.check(answered.get("value") == "10000", f"files among them: {shown(answered)}")
    ports = connected(lua.calls())
    row.check(set(ports) == {home.port}, f"connections to {set(ports)} before anything is read")
    row.check(len(every.arrived) == before, f"{len(every.arrived) - before} connections before anything is read")
    row.check(not any(b"/secret" in plain(arguments) for _, arguments, _ in lua.calls()), "the file was opened")
    with Lua() as lua:
        lua.run(f"""kept.c = {make('max_retries=0, private_addresses="refuse"')}""")
        lua.run('kept.o = assert(kept.c:run("a/b", {input={}})) return 1', timeout=120)
        lua.run(f'local f = assert(io.open("{WORK}/large", "wb")) f:write(assert(kept.o.large:read())) f:close()', timeout=120)
        with open(f"{WORK}/large", "rb") as file:
            row.check(digest(file.read()) == digest(inside), "the bytes of the large data URI are others")
        answered = lua.run(f'return kept.o.large:save("{WORK}/large")', timeout=120)
        with open(f"{WORK}/large", "rb") as file:
            row.check(digest(file.read()) == digest(inside), f"the file of the large data URI is another: {shown(answered)}")
        for number, each in enumerate(bad):
            chunk = (
                f"local o = kept.o.bad[{number + 1}] if type(o) == 'string' then o = kept.c:file_output(o) end return o:read()"
            )
            answered = lua.run(chunk)
            row.check(kind(answered) in ("raised", "invalid_input"), f"{each!r}: {shown(answered)}")
        for where in ("schemes[1]", "schemes[2]", "schemes[3]", "schemes[4]"):
            answered = lua.run(f"return type(kept.o.{where})")
            row.check(answered.get("value") == "string", f"{where}: {shown(answered)}")
        for where in ("private[1]", "private[2]", "private[3]", "many[1]", "many[10000]"):
            answered = lua.run(f"return kept.o.{where}:read()")
            row.check(kind(answered) == "protocol" and "private" in shown(answered), f"{where}: {shown(answered)}")
        row.check(len(every.arrived) == before, "a private address was connected to")
        lua.run(f"kept.d = {make('max_retries=0')}")
        answered = lua.run("return kept.d:file_output(kept.o.many[10000]:url()):read()")
        row.check(answered.get("value") == FILE.decode(), f"and it is there for who reads it: {shown(answered)}")
    row.say(
        f"{len(many)} URLs, a data URI of {len(large)} bytes, {len(bad)} that are none, 4 schemes, 3 addresses; "
        "5 calls: 0 connections but to the API"
    )


private_addresses()
schemes()
before_reading()
check(True, "it came to its end")
finish()
