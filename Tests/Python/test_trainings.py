"""trainings.* of the official client: what is learned, and that it runs."""

import time

import httpx
import pytest
from replicate.exceptions import ReplicateError

EXAMPLES = [{"prompt": "capital of France", "completion": "Paris"}, {"prompt": "2 + 2", "completion": "4"}]


@pytest.fixture
def base(client):
    return f"sandbox/trainable:{client.models.get('sandbox/trainable').latest_version.id}"


def test_what_is_learned_runs(client, own_model, train):
    training = train(own_model, examples=EXAMPLES, steps=4)
    assert (training.status, training.error, training.model) == ("succeeded", None, "sandbox/trainable")
    assert training.destination == own_model.id
    assert "100%|##########| 4/4" in training.logs
    assert training.created_at <= training.started_at < training.completed_at
    assert training.output["version"] == f"{own_model.id}:{client.models.get(own_model.id).latest_version.id}"
    assert client.run(training.output["version"], input={"prompt": "Capital  of france"}) == "Paris"
    assert client.run(own_model.id, input={"prompt": "2 + 2"}) == "4"
    weights = httpx.get(training.output["weights"])
    assert ["capital of france", "Paris"] in weights.json()["completions"]


def test_words_follow_as_they_did(client, own_model, train):
    train(own_model, text="the cat sat on the mat and the cat slept", steps=1)
    assert client.run(own_model.id, input={"prompt": "on the"}) == "cat sat on the cat slept"
    assert client.run(own_model.id, input={"prompt": "the", "max_words": 2}) == "cat sat"
    assert client.run(own_model.id, input={"prompt": "unheard"}) == ""


def test_each_training_makes_a_version_newest_first(client, own_model, train):
    made = [train(own_model, text="one two", steps=1).output["version"].split(":")[1] for _ in range(3)]
    assert len(set(made)) == 3
    assert [version.id for version in own_model.versions.list()] == made[::-1]
    assert client.models.get(own_model.id).latest_version.id == made[-1]


def test_a_version_is_deleted_with_its_predictions(client, own_model, train):
    version = train(own_model, text="one two", steps=1).output["version"].split(":")[1]
    prediction = client.predictions.create(version=version, input={"prompt": "one"}, wait=True)
    with pytest.raises(ReplicateError) as caught:
        client.models.delete(own_model.id)
    assert caught.value.status == 409
    own_model.versions.delete(version)
    for act in (lambda: own_model.versions.get(version), lambda: client.predictions.get(prediction.id)):
        with pytest.raises(ReplicateError) as caught:
            act()
        assert caught.value.status == 404
    own_model.reload()
    assert own_model.latest_version is None
    with pytest.raises(ReplicateError) as caught:
        client.predictions.create(version=version, input={"prompt": "one"})
    assert caught.value.status == 422
    assert client.models.delete(own_model.id) is True


def test_versions_of_public_models_stay(call, client):
    version = client.models.get("replicate/hello-world").latest_version.id
    answer = call("DELETE", f"/models/replicate/hello-world/versions/{version}")
    assert answer.status_code == 403 and answer.json()["detail"]


def test_what_is_public_stays_even_if_it_is_ones_own(client, train, new_name):
    model = client.models.create("sandbox", new_name(), visibility="public", hardware="cpu")
    with pytest.raises(ReplicateError) as caught:
        client.models.delete(model.id)
    assert caught.value.status == 403
    version = train(model, text="one two", steps=1).output["version"].split(":")[1]
    with pytest.raises(ReplicateError) as caught:
        model.versions.delete(version)
    assert caught.value.status == 403
    assert client.run(model.id, input={"prompt": "one"}) == "two"


def test_a_training_is_cancelled(client, own_model, base):
    training = client.trainings.create(version=base, input={"text": "x", "steps": 1000}, destination=own_model.id)
    training.cancel()
    assert training.status == "canceled"
    time.sleep(0.2)
    training.reload()
    assert (training.status, training.output) == ("canceled", None) and training.completed_at
    own_model.reload()
    assert own_model.latest_version is None


def test_trainings_are_listed_newest_first(client, own_model, base):
    created = [
        client.trainings.create(version=base, input={"text": "x", "steps": 1}, destination=own_model.id).id
        for _ in range(102)
    ]
    page = client.trainings.list()
    assert [training.id for training in page.results] == created[:1:-1]
    second = client.trainings.list(page.next)
    assert [training.id for training in second.results][:2] == created[1::-1]
    assert client.trainings.list(second.previous).results[0].id == created[-1]


@pytest.mark.parametrize("destination", ["sandbox/no-such-model", "acme/model"])
def test_the_destination_must_be_there(client, base, destination):
    with pytest.raises(ReplicateError) as caught:
        client.trainings.create(version=base, input={"text": "x"}, destination=destination)
    assert (caught.value.status, caught.value.detail) == (404, "The specified training destination does not exist")


def test_the_destination_must_be_ones_own(client, base):
    with pytest.raises(ReplicateError) as caught:
        client.trainings.create(version=base, input={"text": "x"}, destination="sandbox/echo")
    assert caught.value.status == 403


def test_only_what_can_be_trained_is(client, own_model):
    version = client.models.get("replicate/hello-world").latest_version.id
    with pytest.raises(ReplicateError) as caught:
        client.trainings.create(version=f"replicate/hello-world:{version}", input={}, destination=own_model.id)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "input, field",
    [
        ({}, "input"), ({"examples": []}, "input"), ({"text": " "}, "input"), ({"text": 1}, "input.text"),
        ({"text": "x", "steps": 0}, "input.steps"), ({"text": "x", "other": 1}, "input"),
        ({"examples": [{"prompt": "x"}]}, "input.examples.0"),
    ],
)  # fmt: skip
def test_a_wrong_input_is_refused(call, own_model, base, input, field):
    path = f"/models/sandbox/trainable/versions/{base.split(':')[1]}/trainings"
    answer = call("POST", path, json={"destination": own_model.id, "input": input})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["invalid_fields"]] == [field]


def test_an_unknown_training_is_not_found(client):
    for act in (client.trainings.get, client.trainings.cancel):
        with pytest.raises(ReplicateError) as caught:
            act("no-such-training")
        assert caught.value.status == 404
