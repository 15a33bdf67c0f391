"""Files in and files out, by the official client: what it uploads, what the models make of it, what it reads back."""

import hashlib
import io

import httpx
import pytest
from conftest import ORIGIN, URL
from PIL import Image, ImageOps
from pictures import noise, opened, png
from replicate.exceptions import ModelError, ReplicateError
from replicate.helpers import FileOutput

OPERATIONS = {
    "invert": ImageOps.invert,
    "mirror": ImageOps.mirror,
    "flip": ImageOps.flip,
    "grayscale": lambda image: ImageOps.grayscale(image).convert("RGB"),
    "rotate90": lambda image: image.transpose(Image.Transpose.ROTATE_270),  # Pillow counts the other way round
}


def expected(image, operation):
    """By Pillow alone; alpha goes where its pixel goes, and keeps its value."""
    result = OPERATIONS[operation](image.convert("RGB"))
    if "A" not in image.convert("RGBA" if "transparency" in image.info else image.mode).getbands():
        return result
    alpha = image.convert("RGBA").getchannel("A")
    moves = operation in ("mirror", "flip", "rotate90")
    result.putalpha(OPERATIONS[operation](alpha) if moves else alpha)
    return result


def newest(client):
    return next((file.id for file in client.files.list()), None)


@pytest.mark.parametrize("strategy", ["default", "files_api", "base64"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_image_goes_in_and_a_changed_one_comes_out(client, tmp_path, strategy, operation):
    image = noise("RGB", (37, 23))
    path = tmp_path / "a picture.png"
    path.write_bytes(png(image))
    options = {} if strategy == "default" else {"file_encoding_strategy": strategy}
    before = newest(client)
    with open(path, "rb") as file:
        output = client.run("sandbox/transform", input={"image": file, "operation": operation}, **options)
    assert (newest(client) != before) == (strategy != "base64")
    assert isinstance(output, FileOutput)
    result = opened(output.read())
    assert result.mode == "RGB" and result.size == expected(image, operation).size
    assert result.tobytes() == expected(image, operation).tobytes()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("kind", ["RGBA", "LA", "L", "1", "P", "P with a transparent colour", "I;16"])
def test_every_kind_of_png_is_read(client, kind, operation):
    if kind.startswith("P"):
        image = noise("RGB", (19, 11)).quantize(16)
        data = png(image, **({"transparency": 3} if "transparent" in kind else {}))
        image = Image.open(io.BytesIO(data))
    elif kind == "I;16":
        eight = noise("L", (19, 11))
        image = eight
        sixteen = Image.frombytes("I;16", eight.size, b"".join(bytes([value, value]) for value in eight.tobytes()))
        data = png(sixteen)
    else:
        image = noise(kind, (19, 11)) if kind != "1" else noise("L", (19, 11)).convert("1")
        data = png(image)
    output = client.run("sandbox/transform", input={"image": io.BytesIO(data), "operation": operation})
    result = opened(output.read())
    want = expected(image, operation)
    assert (result.mode, result.size) == (want.mode, want.size)
    assert result.tobytes() == want.tobytes()


def test_the_default_inverts_and_twice_is_nothing(client):
    image = noise("RGBA", (300, 200), seed=5)
    once = client.run("sandbox/transform", input={"image": io.BytesIO(png(image))})
    twice = client.run("sandbox/transform", input={"image": io.BytesIO(once.read())})
    assert opened(twice.read()).tobytes() == image.tobytes()


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", png(noise("RGB", (64, 64)))[:-3000]])
def test_what_is_no_png_fails_the_prediction(client, content):
    with pytest.raises(ModelError, match="image is not a PNG: "):
        client.run("sandbox/transform", input={"image": io.BytesIO(content)})


def test_a_picture_that_is_too_large_fails_the_prediction(client):
    with pytest.raises(ModelError, match="10000x1 pixels are too many"):
        client.run("sandbox/transform", input={"image": io.BytesIO(png(Image.new("1", (10_000, 1))))})


def test_nothing_is_fetched_from_elsewhere(client):
    with pytest.raises(ModelError, match="https://example.com/a.png is no file of this sandbox"):
        client.run("sandbox/transform", input={"image": "https://example.com/a.png"})


def test_an_operation_that_is_none_is_refused(client):
    with pytest.raises(ReplicateError) as caught:
        client.run("sandbox/transform", input={"image": "data:,x", "operation": "sharpen"})
    assert caught.value.status == 422


def test_a_drawing_depends_on_prompt_seed_and_size(client):
    def draw(**input):
        return client.run("sandbox/draw", input={"prompt": "a fox", "seed": 1, "width": 70, "height": 50} | input).read()

    first = draw()
    assert opened(first).size == (70, 50)
    assert draw() == first == draw(seconds=0.02)
    assert len({first, draw(seed=2), draw(prompt="a hare"), draw(width=71)}) == 4
    colors = opened(first).convert("RGB").getcolors(70 * 50)
    assert 4 < len(colors) <= 71


def test_a_drawing_shows_its_progress(client):
    prediction = client.predictions.create("sandbox/draw", input={"prompt": "x", "seed": 1, "seconds": 0.1})
    prediction.wait()
    assert prediction.progress is not None and prediction.progress.percentage == 1.0
    assert prediction.output.endswith("/out-0.png")


def test_files_stand_at_any_depth(client):
    output = client.run("sandbox/files", input={"prompt": "grüße", "thumbnails": 2})
    image, thumbnails = output["image"], output["thumbnails"]
    assert str(output["note"]) == "https: is not a URL here"
    large = opened(image.read()).convert("RGB")
    assert large.size == (128, 96)
    for thumbnail, width in zip(thumbnails, (64, 32), strict=True):
        small = opened(thumbnail.read())
        assert small.size == (width, width * 3 // 4)
        step = 128 // width
        for column, row in [(0, 0), (5, 7), (width - 1, 3)]:
            assert small.getpixel((column, row)) == large.getpixel((column * step, row * step))
    assert output["text"].read().decode() == "grüße\n"
    inline = client.run("sandbox/files", input={"prompt": "grüße", "thumbnails": 2, "as": "data-uri"})
    assert inline["image"].url.startswith("data:image/png;base64,")
    assert inline["image"].read() == image.read()


@pytest.mark.parametrize("strategy", ["files_api", "base64"])
def test_files_are_described_wherever_they_stand(client, tmp_path, strategy):
    contents = [b"one", b"", bytes(range(256)) * 300]
    files = []
    for number, content in enumerate(contents):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(content)
        files.append(open(path, "rb"))
    input = {"files": files[:2], "nested": {"deep": [{"file": files[2]}], "text": "a text", "number": 1}}
    output = client.run("sandbox/inspect", input=input, file_encoding_strategy=strategy)
    found = output["files"] + [output["nested"]["deep"][0]["file"]]
    assert [(file["size"], file["sha256"]) for file in found] == [
        (len(content), hashlib.sha256(content).hexdigest()) for content in contents
    ]
    if strategy == "files_api":
        assert [file["name"] for file in found] == ["0.bin", "1.bin", "2.bin"]
    assert (output["nested"]["text"], output["nested"]["number"]) == ("a text", 1)
    for file in files:
        file.close()


def test_an_upload_is_an_input_by_its_url(client):
    file = client.files.create(io.BytesIO(b"hello"))
    output = client.run("sandbox/inspect", input={"file": file.urls["get"]})
    assert file.urls["get"].startswith(f"{URL}/files/")
    assert output["file"]["sha256"] == file.checksums["sha256"] == hashlib.sha256(b"hello").hexdigest()


def lines(size):
    return b"".join(b"%015x\n" % offset for offset in range(0, size, 16))[:size]


@pytest.mark.parametrize("size", [0, 1, 16, 1_000_003])
def test_a_file_of_any_length(client, size):
    prediction = client.predictions.create("sandbox/bytes", input={"size": size})
    prediction.wait()
    assert prediction.output == f"{ORIGIN}/outputs/{prediction.id}/out-0.bin"
    answer = httpx.get(prediction.output)  # without a token
    assert answer.content == lines(size)
    assert (answer.headers["Content-Length"], answer.headers["Content-Type"]) == (str(size), "application/octet-stream")
    assert "Transfer-Encoding" not in answer.headers


def test_parts_of_an_output(client):
    prediction = client.predictions.create("sandbox/bytes", input={"size": 100_000})
    prediction.wait()
    whole = lines(100_000)
    head = httpx.head(prediction.output)
    assert (head.status_code, head.headers["Content-Length"], head.headers["Accept-Ranges"]) == (200, "100000", "bytes")
    etag = head.headers["ETag"]
    assert etag.startswith('"')

    def get(**headers):
        return httpx.get(prediction.output, headers={name.replace("_", "-"): value for name, value in headers.items()})

    part = get(Range="bytes=1000-2999", If_Range=etag)
    assert (part.status_code, part.content) == (206, whole[1000:3000])
    assert part.headers["Content-Range"] == "bytes 1000-2999/100000" and part.headers["ETag"] == etag
    assert get(Range="bytes=-5").content == whole[-5:]
    assert get(Range="bytes=99990-").content == whole[99990:]
    other = get(Range="bytes=1000-2999", If_Range='"other"')
    assert (other.status_code, other.content) == (200, whole)
    beyond = get(Range="bytes=100000-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */100000")
    assert get(If_None_Match=etag).status_code == 304
