"""The asynchronous half of the official client: each resource once."""

import asyncio
import io

import pytest
from replicate.exceptions import ReplicateError


def test_every_resource_answers(client, new_name):
    async def go():
        assert (await client.accounts.async_current()).username == "sandbox"
        assert len(await client.hardware.async_list()) == 4
        assert (await client.collections.async_get("trainable")).models[0].name == "trainable"
        assert (await client.collections.async_list()).next is None
        assert (await client.webhooks.default.async_secret()).key.startswith("whsec_")
        found = await client.models.async_search("hello")
        assert found.results[0].id == "replicate/hello-world"
        assert (await client.models.async_list()).results
        file = await client.files.async_create(io.BytesIO(b"x"), filename="x.txt")
        assert await client.files.async_get(file.id) in await client.files.async_list()
        assert await client.files.async_delete(file.id) is True

        name = new_name()
        model = await client.models.async_create("sandbox", name, visibility="private", hardware="cpu")
        base = (await client.models.async_get("sandbox/trainable")).latest_version
        training = await client.trainings.async_create(
            model="sandbox/trainable", version=base.id, input={"text": "one two", "steps": 1}, destination=model.id
        )
        while training.status in ("starting", "processing"):
            await asyncio.sleep(0.02)
            training = await client.trainings.async_get(training.id)
        assert training.id in [one.id for one in (await client.trainings.async_list()).results]
        version = (await model.versions.async_list()).results[0]
        assert await client.async_run(f"{model.id}:{version.id}", input={"prompt": "one"}) == "two"

        options = {"hardware": "cpu", "min_instances": 0, "max_instances": 1}
        await client.deployments.async_create(name=name, model=model.id, version=version.id, **options)
        assert (await client.deployments.async_update("sandbox", name, max_instances=2)).current_release.number == 2
        assert (await client.deployments.async_get(f"sandbox/{name}")).name == name
        assert name in [one.name for one in (await client.deployments.async_list()).results]
        assert await client.deployments.async_delete("sandbox", name) is True
        await model.versions.async_delete(version.id)
        assert await client.models.async_delete(model.id) is True
        with pytest.raises(ReplicateError):
            await client.models.async_get(model.id)

    asyncio.run(go())


def test_many_runs_at_once(client):
    async def go():
        runs = (client.async_run("replicate/hello-world", input={"text": f"{n}"}) for n in range(50))
        return await asyncio.gather(*runs)

    assert asyncio.run(go()) == [f"hello {n}" for n in range(50)]


def test_a_prediction_is_made_read_and_cancelled(client):
    async def go():
        prediction = await client.predictions.async_create(version="sandbox/slow", input={"step_seconds": 5})
        same = await client.predictions.async_get(prediction.id)
        assert same.id == (await client.predictions.async_list()).results[0].id == prediction.id
        assert (await client.predictions.async_cancel(prediction.id)).status == "canceled"
        made = await client.models.predictions.async_create("sandbox/echo", input={"a": 1}, wait=True)
        assert made.output == {"a": 1}
        deployed = await client.deployments.predictions.async_create("sandbox/hello-world", input={"text": "x"}, wait=True)
        assert deployed.output == "hello x"

    asyncio.run(go())
