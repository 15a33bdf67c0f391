"""slow_line.py URL: a line to the server at URL on which answers take their time, 0.6 s on the first connection, 1.2 s on the
second, and so on: so that a program has frames to draw before them. Prints the URL of its end here; ends with its input."""

import asyncio
import sys
import urllib.parse

server = urllib.parse.urlsplit(sys.argv[1])
connections = 0


async def pass_on(reader, writer, seconds):
    """Whatever comes, later; a queue keeps the order."""
    loop, due = asyncio.get_running_loop(), asyncio.Queue()

    async def read():
        while data := await reader.read(65536):
            due.put_nowait((loop.time() + seconds, data))
        due.put_nowait((0, b""))

    reading = asyncio.create_task(read())
    while (item := await due.get())[1]:
        await asyncio.sleep(max(0, item[0] - loop.time()))
        writer.write(item[1])
        await writer.drain()
    await reading
    writer.close()


async def serve(reader, writer):
    global connections
    connections += 1
    seconds = 0.6 * connections
    there_reader, there_writer = await asyncio.open_connection(server.hostname, server.port)
    ways = pass_on(reader, there_writer, 0), pass_on(there_reader, writer, seconds)
    await asyncio.gather(*ways, return_exceptions=True)


async def main():
    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}{server.path}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
