"""deployments.* of the official client."""

import pytest
from replicate.exceptions import ReplicateError


@pytest.fixture
def hello(client):
    return client.models.get("replicate/hello-world").latest_version.id


def create(client, name, version, **changes):
    options = {"model": "replicate/hello-world", "hardware": "cpu", "min_instances": 0, "max_instances": 2}
    return client.deployments.create(name=name, version=version, **(options | changes))


def test_a_deployment_lives(client, new_name, hello):
    name = new_name()
    deployment = create(client, name, hello)
    release = deployment.current_release
    assert (deployment.id, release.number, release.model) == (f"sandbox/{name}", 1, "replicate/hello-world")
    assert (release.version, release.created_by.username) == (hello, "sandbox")
    configuration = release.configuration
    assert (configuration.hardware, configuration.min_instances, configuration.max_instances) == ("cpu", 0, 2)
    updated = client.deployments.update("sandbox", name, hardware="gpu-t4", min_instances=1, max_instances=20)
    assert (updated.current_release.number, updated.current_release.version) == (2, hello)
    assert updated.current_release.configuration.hardware == "gpu-t4"
    assert client.deployments.get(f"sandbox/{name}").dict() == updated.dict()
    assert client.deployments.list().results[0].id == deployment.id
    assert client.deployments.delete("sandbox", name) is True
    with pytest.raises(ReplicateError) as caught:
        client.deployments.get(f"sandbox/{name}")
    assert caught.value.status == 404


def test_a_deployment_runs_its_version(client, new_name, hello):
    deployment = create(client, new_name(), hello)
    prediction = deployment.predictions.create(input={"text": "there"}, wait=True)
    assert (prediction.output, prediction.version) == ("hello there", hello)
    with pytest.raises(ReplicateError) as caught:
        client.deployments.delete("sandbox", deployment.name)
    assert caught.value.status == 409 and "15 minutes" in caught.value.detail


def test_a_new_release_runs_the_new_version(client, own_model, train, new_name):
    versions = []
    for answer in ("first", "second"):
        train(own_model, examples=[{"prompt": "which", "completion": answer}], steps=1)
        versions.append(client.models.get(own_model.id).latest_version.id)
    assert versions[0] != versions[1]
    deployment = create(client, new_name(), versions[0], model=own_model.id)
    assert deployment.predictions.create(input={"prompt": "which"}, wait=True).output == "first"
    client.deployments.update("sandbox", deployment.name, version=versions[1])
    assert deployment.predictions.create(input={"prompt": "which"}, wait=True).output == "second"
    with pytest.raises(ReplicateError) as caught:
        own_model.versions.delete(versions[1])
    assert caught.value.status == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"min_instances": 6, "max_instances": 20}, {"min_instances": -1}, {"max_instances": 21}, {"max_instances": "2"},
        {"min_instances": 3, "max_instances": 2}, {"hardware": "abacus"}, {"version": "0" * 64},
        {"model": "sandbox/no-such-model"}, {"model": "sandbox/echo"}, {"name": "Not A Name"},
    ],
)  # fmt: skip
def test_a_wrong_deployment_is_refused(client, new_name, hello, changes):
    with pytest.raises(ReplicateError) as caught:
        create(client, changes.pop("name", new_name()), changes.pop("version", hello), **changes)
    assert caught.value.status == 422


@pytest.mark.parametrize("changes", [{"min_instances": 3}, {"hardware": "abacus"}, {"version": "0" * 64}])
def test_a_wrong_update_changes_nothing(client, new_name, hello, changes):
    deployment = create(client, new_name(), hello)
    with pytest.raises(ReplicateError) as caught:
        client.deployments.update("sandbox", deployment.name, **changes)
    assert caught.value.status == 422
    assert client.deployments.get(deployment.id).dict() == deployment.dict()


def test_a_name_is_given_once(client, new_name, hello):
    deployment = create(client, new_name(), hello)
    with pytest.raises(ReplicateError) as caught:
        create(client, deployment.name, hello)
    assert caught.value.status == 409


def test_an_unknown_deployment_is_not_found(client):
    for act in (
        lambda: client.deployments.get("sandbox/no-such"),
        lambda: client.deployments.update("sandbox", "no-such", max_instances=1),
        lambda: client.deployments.delete("sandbox", "no-such"),
        lambda: client.deployments.predictions.create("sandbox/no-such", input={}),
    ):
        with pytest.raises(ReplicateError) as caught:
            act()
        assert caught.value.status == 404
