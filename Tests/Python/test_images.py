"""The models that draw: true PNG files, the same for the same input."""

import hashlib
import math

import httpx
import pytest
from conftest import ORIGIN
from pictures import opened
from replicate.exceptions import ModelError, ReplicateError
from replicate.helpers import FileOutput


def decoded(png):
    """By Pillow; the models that draw use a palette."""
    image = opened(png)
    assert image.mode == "P"
    return image


@pytest.mark.parametrize(
    "model, input, size",
    [
        ("bytedance/seedream-3", {"size": "small"}, (910, 512)),
        ("bytedance/seedream-3", {"aspect_ratio": "1:1"}, (1024, 1024)),
        ("bytedance/seedream-3", {"size": "big", "aspect_ratio": "9:16"}, (1152, 2048)),
        ("bytedance/seedream-3", {"aspect_ratio": "custom", "width": 512, "height": 777}, (512, 777)),
        ("google/imagen-4-fast", {}, (1024, 1024)),
        ("google/imagen-4-fast", {"aspect_ratio": "4:3", "output_format": "png"}, (1182, 887)),
        ("ideogram-ai/ideogram-character", {"resolution": "300x200"}, (300, 200)),
    ],
)
def test_a_picture_has_the_size_that_is_asked_for(client, model, input, size):
    if model.startswith("ideogram"):
        input = input | {"character_reference_image": "data:image/png;base64,AAAA"}
    output = client.run(model, input={"prompt": "a fox"} | input)
    assert isinstance(output, FileOutput)
    assert decoded(output.read()).size == size


def shapes(png, subject):
    """Compares every pixel with a drawing after the same rules, made by nothing but Python."""
    image = decoded(png)
    width, height = image.size
    state = int.from_bytes(hashlib.sha256(b"".join(b"%d:%b" % (len(t.encode()), t.encode()) for t in subject)).digest()[:8])

    def following():
        nonlocal state
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB % 2**64
        return mixed ^ (mixed >> 31)

    def color():
        bits = following()
        return bits & 255, bits >> 8 & 255, bits >> 16 & 255

    def unit():
        return (following() >> 11) * 2.0**-53

    top, bottom = color(), color()

    def band(number):
        share = number / 63
        return tuple(math.floor(a * (1 - share) + b * share + 0.5) for a, b in zip(top, bottom, strict=True))

    rows = [[band(row * 64 // height)] * width for row in range(height)]
    for _ in range(7):
        fill = color()
        x, y = unit() * width, unit() * height
        radius = (0.05 + 0.2 * unit()) * min(width, height)
        kind = int(unit() * 3)
        for row in range(height):
            distance = (row - y) / radius
            if abs(distance) > 1:
                continue
            half = [radius * math.sqrt(1 - distance * distance), radius, radius * (1 + distance) / 2][kind]
            first, last = max(int(x - half), 0), min(int(x + half) + 1, width)
            rows[row][first:last] = [fill] * max(last - first, 0)
    assert image.convert("RGB").tobytes() == bytes(value for row in rows for pixel in row for value in pixel)


@pytest.mark.parametrize(
    "model, input, subject",
    [
        ("sandbox/draw", {"seed": 3, "width": 200, "height": 90}, ["a fox", "3"]),
        ("bytedance/seedream-3", {"seed": 3, "size": "small"}, ["a fox", "3", "2.5"]),
        ("google/imagen-4-fast", {"aspect_ratio": "21:9"}, ["a fox"]),
        (
            "ideogram-ai/ideogram-character",
            {"seed": 3, "resolution": "300x200", "character_reference_image": "data:,x"},
            ["a fox", "3", "Auto", hashlib.sha256(b"x").hexdigest()],
        ),
        ("fofr/consistent-character", {"number_of_outputs": 1}, ["a fox", "0"]),
    ],
)
def test_every_pixel_is_where_it_belongs(client, model, input, subject):
    output = client.run(model, input={"prompt": "a fox"} | input)
    file = output[0] if isinstance(output, list) else output
    assert file.url.endswith("/out-0.png") or file.url.startswith("data:image/png;base64,")
    shapes(file.read(), model.split("/") + subject)


def test_the_same_seed_gives_the_same_picture(client):
    def draw(**input):
        return client.run("bytedance/seedream-3", input={"size": "small", "prompt": "a fox"} | input).read()

    pictures = [draw(seed=1), draw(seed=1), draw(seed=2), draw(seed=1, prompt="a hare")]
    assert pictures[0] == pictures[1] and len(set(pictures)) == 3
    prediction = client.predictions.create(version="bytedance/seedream-3", input={"prompt": "x", "size": "small"})
    prediction.wait()
    seed = int(prediction.logs.split("Using seed: ")[1].split()[0])
    assert httpx.get(prediction.output).content == draw(prompt="x", seed=seed)


def test_outputs_are_served_to_whoever_has_the_url(client):
    prediction = client.predictions.create(version="google/imagen-4-fast", input={"prompt": "a fox"})
    prediction.wait()
    assert "no neural network" in prediction.logs
    assert prediction.output.startswith(f"{ORIGIN}/outputs/{prediction.id}/") and prediction.output.endswith(".png")
    answer = httpx.get(prediction.output)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert decoded(answer.content).size == (1024, 1024)
    assert httpx.get(prediction.output + "x").status_code == 404


def test_an_output_becomes_an_input(client):
    """The drawing depends on the bytes behind the URL, which is another one for each run."""

    def draw(prompt):
        prediction = client.predictions.create(version="google/imagen-4-fast", input={"prompt": prompt})
        prediction.wait()
        input = {"prompt": "x", "seed": 1, "resolution": "64x64", "character_reference_image": prediction.output}
        return client.run("ideogram-ai/ideogram-character", input=input).read()

    assert draw("a fox") == draw("a fox") != draw("a hare")


@pytest.mark.parametrize("number", [None, 1, 20])
def test_as_many_pictures_as_are_asked_for(client, number):
    input = {"prompt": "a fox"} | ({} if number is None else {"number_of_outputs": number})
    outputs = client.run("fofr/consistent-character", input=input)
    pictures = [output.read() for output in outputs]
    assert len(pictures) == len(set(pictures)) == (number or 3)
    assert {decoded(picture).size for picture in pictures} == {(512, 512)}


@pytest.mark.parametrize(
    "model, input",
    [
        ("bytedance/seedream-3", {}), ("bytedance/seedream-3", {"prompt": "x", "size": "huge"}),
        ("bytedance/seedream-3", {"prompt": "x", "width": 511}), ("bytedance/seedream-3", {"prompt": 1}),
        ("fofr/consistent-character", {"number_of_outputs": 21}), ("fofr/consistent-character", {"subject": "no URI"}),
        ("ideogram-ai/ideogram-character", {"prompt": "x"}), ("google/imagen-4-fast", {"aspect_ratio": "1:1"}),
    ],
)  # fmt: skip
def test_a_wrong_input_is_refused(client, model, input):
    with pytest.raises(ReplicateError) as caught:
        client.run(model, input=input)
    assert (caught.value.status, caught.value.title) == (422, "Input validation failed")


@pytest.mark.parametrize(
    "model, input, message",
    [
        ("google/imagen-4-fast", {"aspect_ratio": "wide"}, "aspect_ratio"),
        ("google/imagen-4-fast", {"safety_filter_level": "none"}, "safety_filter_level"),
        ("ideogram-ai/ideogram-character", {"resolution": "9x99999"}, "resolution"),
        ("ideogram-ai/ideogram-character", {"image": "data:,x"}, "mask"),
        ("ideogram-ai/ideogram-character", {"character_reference_image": "data:image/png;base64,?"}, "data: URI"),
    ],
)
def test_what_the_schema_does_not_say_fails_the_prediction(client, model, input, message):
    if model.startswith("ideogram"):
        input = {"character_reference_image": "data:,x"} | input
    with pytest.raises(ModelError, match=message):
        client.run(model, input={"prompt": "x"} | input)
