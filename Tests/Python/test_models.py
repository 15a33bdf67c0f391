"""models.* and collections.* of the official client, and what it does not offer by plain HTTP."""

import pytest
from replicate.exceptions import ReplicateError

PRESETS = {
    "replicate/hello-world", "bytedance/seedream-3", "google/imagen-4-fast", "ideogram-ai/ideogram-character",
    "fofr/consistent-character", "meta/meta-llama-3-8b-instruct", "sandbox/story", "sandbox/trainable", "sandbox/slow",
    "sandbox/fail", "sandbox/echo", "sandbox/outputs",
}  # fmt: skip


def status_of(caught):
    return caught.value.status


def all_pages(client, page, limit=50):
    """The pages from the first on, by their `next`."""
    pages = [page]
    while pages[-1].next and len(pages) < limit:
        pages.append(client.models.list(pages[-1].next))
    return pages


def test_every_model_of_the_sandbox_is_listed_once(client):
    names = [model.id for page in all_pages(client, client.models.list()) for model in page.results]
    assert len(names) == len(set(names)) and PRESETS <= set(names)


def test_a_model_says_what_it_is(client):
    model = client.models.get("bytedance/seedream-3")
    assert (model.owner, model.name, model.visibility) == ("bytedance", "seedream-3", "public")
    assert model.default_example.status == "succeeded"
    assert model.default_example.output.endswith(".png")
    input = model.latest_version.openapi_schema["components"]["schemas"]["Input"]
    assert input["required"] == ["prompt"]
    assert input["properties"]["size"]["enum"] == ["small", "regular", "big"]
    assert input["properties"]["width"]["maximum"] == 2048


@pytest.mark.parametrize(
    "name, version",
    [
        ("replicate/hello-world", "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"),
        ("fofr/consistent-character", "9c77a3c2f884193fcee4d89645f02a0b9def9434f9e03cb98460456b831c8772"),
    ],
)
def test_versions_have_the_ids_that_the_documentation_shows(client, name, version):
    model = client.models.get(name)
    assert model.latest_version.id == version
    assert [one.id for one in model.versions.list()] == [version]
    assert model.versions.get(version).id == version
    with pytest.raises(ReplicateError) as caught:
        model.versions.get("0" * 64)
    assert status_of(caught) == 404


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(ReplicateError) as caught:
        client.models.get("sandbox/no-such-model")
    assert status_of(caught) == 404


def test_a_model_is_created_changed_and_deleted(client, call, new_name):
    name = new_name()
    model = client.models.create(
        "sandbox", name, visibility="private", hardware="gpu-t4", description="Ünïcödé", paper_url="https://x.test/p"
    )
    assert (model.id, model.visibility, model.run_count) == (f"sandbox/{name}", "private", 0)
    assert (model.description, model.paper_url, model.github_url) == ("Ünïcödé", "https://x.test/p", None)
    assert (model.latest_version, model.default_example) == (None, None)
    assert call("GET", f"/models/sandbox/{name}/readme").status_code == 404
    change = {"readme": "# Mine\n\ntext", "description": "new", "license_url": "https://x.test/l"}
    changed = call("PATCH", f"/models/sandbox/{name}", json=change)
    assert (changed.status_code, changed.json()["description"]) == (200, "new")
    assert changed.json()["paper_url"] == "https://x.test/p"
    readme = call("GET", f"/models/sandbox/{name}/readme")
    assert readme.headers["Content-Type"].startswith("text/plain") and readme.text == "# Mine\n\ntext"
    assert client.models.get(f"sandbox/{name}").license_url == "https://x.test/l"
    assert client.models.delete(f"sandbox/{name}") is True
    with pytest.raises(ReplicateError) as caught:
        client.models.get(f"sandbox/{name}")
    assert status_of(caught) == 404


def test_a_private_model_is_not_listed_and_not_found(client, own_model):
    assert own_model.id not in [m.id for page in all_pages(client, client.models.list()) for m in page.results]
    assert own_model.id not in [model.id for model in client.models.search(own_model.name).results]


def test_a_name_is_given_once(client, own_model):
    with pytest.raises(ReplicateError) as caught:
        client.models.create("sandbox", own_model.name, visibility="private", hardware="cpu")
    assert status_of(caught) == 409


@pytest.mark.parametrize(
    "field, value, kind",
    [
        ("owner", "acme", "enum"), ("name", "Not A Name", "pattern"), ("visibility", "secret", "enum"),
        ("hardware", "abacus", "enum"), ("owner", None, "required"), ("name", None, "required"),
        ("visibility", None, "required"), ("hardware", None, "required"), ("description", 3, "invalid_type"),
    ],
)  # fmt: skip
def test_a_wrong_creation_is_refused(call, new_name, field, value, kind):
    body = {"owner": "sandbox", "name": new_name(), "visibility": "private", "hardware": "cpu"} | {field: value}
    answer = call("POST", "/models", json={name: value for name, value in body.items() if value is not None})
    assert answer.status_code == 422
    faults = [(fault["type"], fault["field"], fault["description"]) for fault in answer.json()["invalid_fields"]]
    assert len(faults) == 1 and faults[0][0] == kind
    assert faults[0][1] == field or faults[0][2] == f"{field} is required"


@pytest.mark.parametrize("change", [{"visibility": "public"}, {"hardware": "cpu"}, {"name": "x"}, {"readme": 1}])
def test_only_what_can_be_changed_is(call, own_model, change):
    assert call("PATCH", f"/models/{own_model.id}", json=change).status_code == 422


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("name", ["replicate/hello-world", "sandbox/echo"])
def test_what_comes_with_the_sandbox_stays(call, method, name):
    assert call(method, f"/models/{name}", json={}).status_code == 403


def test_search_takes_the_raw_text(client):
    assert client.models.search("hello world").results[0].id == "replicate/hello-world"
    assert client.models.search("seedream").results[0].id == "bytedance/seedream-3"
    assert client.models.search("zyzzyva").results == []


def test_pages_are_in_the_order_that_is_asked_for(client, call, new_name):
    created = [
        client.models.create("sandbox", new_name(), visibility="public", hardware="cpu", description="quokka").id
        for _ in range(30)
    ]

    def walk(first):
        names, page = [], first
        while True:
            names.append([f"{m['owner']}/{m['name']}" for m in page["results"]])
            if not page["next"]:
                return names
            page = call("GET", page["next"].partition("/v1")[2]).json()

    query = {"sort_by": "model_created_at", "sort_direction": "desc"}
    newest = walk(call("GET", "/models", params=query).json())
    assert [len(names) for names in newest[:-1]] == [25] * (len(newest) - 1) and len(newest) >= 2
    flat = sum(newest, [])
    assert [name for name in flat if name in created] == created[::-1]
    oldest = walk(call("GET", "/models", params=query | {"sort_direction": "asc"}).json())
    assert sum(oldest, []) == flat[::-1]
    second = call("GET", call("GET", "/models", params=query).json()["next"].partition("/v1")[2]).json()
    first = call("GET", second["previous"].partition("/v1")[2]).json()
    assert [f"{m['owner']}/{m['name']}" for m in first["results"]] == newest[0] and first["previous"] is None
    found = walk(call("QUERY", "/models", content="quokka", headers={"Content-Type": "text/plain"}).json())
    assert len(found[0]) == 25 and set(created) <= set(sum(found, []))
    assert len(sum(found, [])) == len(set(sum(found, [])))


@pytest.mark.parametrize("query", [{"sort_by": "name"}, {"sort_direction": "up"}])
def test_an_unknown_order_is_refused(call, query):
    assert call("GET", "/models", params=query).status_code == 422


def test_a_cursor_that_is_none_is_refused(call):
    assert call("GET", "/models", params={"cursor": "?"}).status_code == 404


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_examples_are_real_runs(client, call, name):
    (example,) = call("GET", f"/models/{name}/examples").json()["results"]
    assert (example["model"], example["status"]) == (name, "failed" if name == "sandbox/fail" else "succeeded")
    assert example["version"] == client.models.get(name).latest_version.id
    assert client.predictions.get(example["id"]).output == example["output"]
    if example["output"] and name in ("replicate/hello-world", "sandbox/echo", "sandbox/trainable"):
        assert client.run(name, input=example["input"]) == example["output"]


def test_runs_are_counted(client, own_model, train):
    train(own_model, text="one two three", steps=1)
    for _ in range(3):
        client.run(own_model.id, input={"prompt": "one"})
    own_model.reload()
    assert own_model.run_count == 3


def test_collections_hold_models(client):
    page = client.collections.list()
    assert {"text-models", "text-to-image", "trainable", "testing"} <= {one.slug for one in page.results}
    collection = client.collections.get("text-to-image")
    assert collection.name == "Text to image" and "fofr/consistent-character" in [model.id for model in collection]
    with pytest.raises(ReplicateError) as caught:
        client.collections.get("no-such-collection")
    assert status_of(caught) == 404


def test_search_finds_models_collections_and_pages(call):
    answer = call("GET", "/search", params={"query": "text image"})
    found = answer.json()
    assert (answer.status_code, found["query"]) == (200, "text image")
    scores = [one["metadata"]["score"] for one in found["models"]]
    assert scores == sorted(scores, reverse=True) and 0 < scores[-1] and scores[0] <= 1
    assert "image" in found["models"][0]["metadata"]["tags"]
    assert found["collections"][0]["slug"] == "text-to-image"
    assert "bytedance/seedream-3" in found["collections"][0]["models"]
    pages = call("GET", "/search", params={"query": "files"}).json()["pages"]
    assert pages[0]["href"] == "/about/files"
    assert len(call("GET", "/search", params={"query": "sandbox", "limit": 2}).json()["models"]) == 2


@pytest.mark.parametrize("query", ["", "query=", "query=x&limit=0", "query=x&limit=51", "query=x&limit=many"])
def test_a_wrong_search_is_refused(call, query):
    answer = call("GET", f"/search?{query}")
    assert answer.status_code == 400 and list(answer.json()) == ["detail"]
