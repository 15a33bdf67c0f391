"""files.* of the official client, and what it does not offer by plain HTTP."""

import hashlib
import io
import json

import pytest
from conftest import ORIGIN, URL
from replicate.exceptions import ReplicateError


def named(content, name):
    file = io.BytesIO(content)
    file.name = name
    return file


def test_a_file_is_kept_and_deleted(client):
    content = bytes(range(256)) * 50 + b"\r\n--\r\n"
    file = client.files.create(named(content, "/some/where/pic.png"), metadata={"k": ["ü", 1, None]})
    assert (file.name, file.content_type, file.size) == ("pic.png", "image/png", len(content))
    assert file.checksums["sha256"] == hashlib.sha256(content).hexdigest()
    assert file.checksums["md5"] == file.etag == hashlib.md5(content).hexdigest()
    assert file.metadata == {"k": ["ü", 1, None]}
    assert file.urls == {"get": f"{URL}/files/{file.id}"}
    assert file.created_at[:10] < file.expires_at[:10] and file.created_at[10:] == file.expires_at[10:]
    assert client.files.get(file.id) == file
    assert client.files.list()[0] == file
    assert client.files.delete(file.id) is True
    for act in (client.files.get, client.files.delete):
        with pytest.raises(ReplicateError) as caught:
            act(file.id)
        assert (caught.value.status, caught.value.detail) == (404, "File not found")


def test_a_path_is_uploaded(client, tmp_path):
    path = tmp_path / 'na"me ü.txt'
    path.write_text("hello")
    file = client.files.create(path)
    assert (file.name, file.content_type, file.size, file.metadata) == ('na"me ü.txt', "text/plain", 5, {})


def test_an_empty_file_is_a_file(client):
    file = client.files.create(named(b"", "empty"))
    assert (file.size, file.checksums["sha256"]) == (0, hashlib.sha256(b"").hexdigest())


def test_parts_say_more_than_the_content_does(call):
    files = {
        "content": ("a.txt", b"x", "text/plain"),
        "filename": (None, "b.bin"),
        "type": (None, "application/x-b"),
        "metadata": (None, json.dumps({"n": 1}), "application/json"),
    }
    record = call("POST", "/files", files=files).json()
    assert (record["name"], record["content_type"], record["metadata"]) == ("b.bin", "application/x-b", {"n": 1})


@pytest.mark.parametrize(
    "files, status",
    [
        ({"other": ("a", b"x")}, 422),
        ({"content": ("a" * 256, b"x")}, 422),
        ({"content": ("a", b"x"), "metadata": (None, "[1]")}, 422),
        ({"content": ("a", b"x"), "metadata": (None, "{")}, 422),
    ],
)
def test_a_wrong_upload_is_refused(call, files, status):
    assert call("POST", "/files", files=files).status_code == status


@pytest.mark.parametrize(
    "type, body",
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--B\r\n"),
        ("multipart/form-data; boundary=B", b""),
        ("multipart/form-data; boundary=B", b"--B\r\n\r\n\r\nx"),
        ("multipart/form-data; boundary=B", b'--B\r\nContent-Disposition: form-data; name="content"\r\n\r\nx'),
        ("multipart/form-data; boundary=B", b"--B\r\nnonsense\r\n\r\nx\r\n--B--\r\n"),
    ],
)
def test_a_broken_body_is_refused(call, type, body):
    assert call("POST", "/files", content=body, headers={"Content-Type": type}).status_code == 400


def test_pages_lead_through_all_files(client, call):
    created = [client.files.create(named(b"%d" % n, f"{n}")).id for n in range(30)]
    seen, path = [], "/files"
    while path and len(seen) < 60:
        page = call("GET", path).json()
        seen += [file["id"] for file in page["results"]]
        path = page["next"] and page["next"].partition("/v1")[2]
    assert seen[:30] == created[::-1]


def test_files_of_100_mib_and_no_more(client):
    content = bytes(100 << 20)
    file = client.files.create(named(content, "big"))
    assert (file.size, file.etag) == (100 << 20, hashlib.md5(content).hexdigest())
    client.files.delete(file.id)
    with pytest.raises(ReplicateError) as caught:
        client.files.create(named(content + b"x", "too big"))
    assert (caught.value.status, caught.value.detail) == (413, "Files must be less than 100MB in size")


def test_other_bodies_are_bounded(call):
    answer = call("POST", "/predictions", content=bytes((10 << 20) + 1))
    assert answer.status_code == 413 and "Files" not in answer.json()["detail"]


@pytest.mark.parametrize(
    "query, status",
    [
        ("owner=sandbox&expiry=9999999999&signature=AAAA", 403),
        ("owner=sandbox&expiry=9999999999", 400),
        ("owner=sandbox&expiry=soon&signature=AAAA", 400),
        ("owner=acme&expiry=9999999999&signature=AAAA", 404),
        ("", 400),
    ],
)
def test_links_need_their_signature_and_no_token(client, call, query, status):
    file = client.files.create(named(b"x", "x"))
    answer = call("GET", f"/files/{file.id}/download?{query}", headers={"Authorization": ""})
    assert answer.status_code == status


def test_a_file_becomes_an_input(client):
    """The client uploads an open file and sends its URL; the drawing depends on the bytes behind it."""
    first, again, other = (
        client.run(
            "ideogram-ai/ideogram-character",
            input={"prompt": "x", "seed": 1, "resolution": "64x64", "character_reference_image": named(content, "a.png")},
        ).read()
        for content in (b"one", b"one", b"other")
    )
    assert first == again != other
    assert client.files.list()[0].urls["get"].startswith(ORIGIN)
