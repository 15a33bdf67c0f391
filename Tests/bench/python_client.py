"""Replicate's Python client: creates with 64 in flight (asyncio), or gets one after another, or
a stream of events.

Use: python_client.py create|get|events CALLS (BENCH_SERVER and the token are in the environment)
"""

import asyncio
import os
import sys
import time

from replicate.client import Client

VERSION = "c846a69991daf4c0e5d016514849d14ee5b2e6846ce6b9d6f21369e564cfe51e"
INPUT = {
    "prompt": "a watercolor of a lighthouse at dawn",
    "seed": 4242424242,
    "num_outputs": 1,
    "guidance_scale": 7.5,
}
client = Client(base_url=os.environ["BENCH_SERVER"])


async def create(calls):
    left = calls

    async def work():
        nonlocal left
        while left > 0:
            left -= 1
            prediction = await client.predictions.async_create(version=VERSION, input=INPUT)
            assert prediction.status == "succeeded"

    await asyncio.gather(*(work() for _ in range(64)))


async def get(calls):
    for _ in range(calls):
        assert client.predictions.get("z9vpxbm31hrmc0cp3w4t5r8k7m").status == "succeeded"


async def events(calls):
    prediction = client.predictions.get("z9vpxbm31hrmc0cp3w4t5r8k7m")
    prediction.urls = {"stream": os.environ["BENCH_SERVER"] + "/stream"}
    assert sum(1 for _ in prediction.stream()) == calls + 1


async def main(run, calls):
    if run is not events:
        await run(64)
    cpu, wall = time.process_time(), time.perf_counter()
    await run(calls)
    print(f"{calls} {time.process_time() - cpu:.6f} {time.perf_counter() - wall:.6f}")


asyncio.run(main({"create": create, "get": get, "events": events}[sys.argv[1]], int(sys.argv[2])))
