"""Pictures that went through the Lua module, in and out, pixel by pixel: what it saved is opened by Pillow."""

import io
import os
import subprocess
from pathlib import Path

import httpx
import pytest
from conftest import TOKEN, URL
from PIL import ImageOps
from pictures import noise, opened, png

SCRIPT = Path(__file__).with_name("saved.lua")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The picture that went in, and (what made it, path) of each file that was saved."""
    folder = tmp_path_factory.mktemp("saved")
    source = noise("RGB", (41, 29), seed=5)
    (folder / "source.png").write_bytes(png(source))
    lua = subprocess.run(
        [os.environ.get("REPLICATE_LUA_COMMAND", "lua5.4"), SCRIPT, folder, folder / "source.png"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert lua.returncode == 0, lua.stderr
    files = [line.split("\t") for line in lua.stdout.splitlines()]
    assert len(files) > 15
    return source, [(what, Path(path)) for what, path in files]


def pictures_of(saved, *names):
    found = [path for what, path in saved[1] if what in names]
    assert found
    return found


def test_every_saved_file_is_a_whole_picture_that_others_may_read(saved):
    for _, path in saved[1]:
        image = opened(path.read_bytes())
        assert image.width > 1 and image.height > 1
        assert path.stat().st_mode & 0o777 == 0o666 & ~current_umask()
    folders = {path.parent for _, path in saved[1]}
    assert not [name for folder in folders for name in os.listdir(folder) if name.endswith(".part")]


def current_umask():
    umask = os.umask(0)
    os.umask(umask)
    return umask


@pytest.mark.parametrize(
    "operation, expected",
    [
        ("invert", ImageOps.invert),
        ("mirror", ImageOps.mirror),
        ("flip", ImageOps.flip),
        ("grayscale", lambda image: ImageOps.grayscale(image).convert("RGB")),
        ("rotate90", lambda image: image.rotate(-90, expand=True)),
        ("nothing", lambda image: image),
    ],
)
def test_each_pixel_is_what_pillow_makes_of_it(saved, operation, expected):
    for path in pictures_of(saved, operation):
        image, wanted = opened(path.read_bytes()), expected(saved[0])
        assert image.size == wanted.size
        assert image.convert("RGB").tobytes() == wanted.tobytes()


def test_what_is_saved_is_what_the_server_has(saved):
    """The newest prediction of each model that draws, read by another client."""
    predictions = httpx.get(URL + "/predictions", headers={"Authorization": f"Bearer {TOKEN}"}).json()["results"]
    for model in ["sandbox/draw", "bytedance/seedream-3", "google/imagen-4-fast", "ideogram-ai/ideogram-character"]:
        output = next(each["output"] for each in predictions if each["model"] == model)
        name = "draw" if model == "sandbox/draw" else model
        theirs = httpx.get(output).content
        for path in pictures_of(saved, name):
            assert path.read_bytes() == theirs
            assert opened(path.read_bytes()).mode == "P"


def test_files_in_a_nested_output_are_all_there(saved):
    paths = pictures_of(saved, "several")
    assert len(paths) == len(set(paths))
    by_url, inside = [[p for p in paths if p.parent.name == name] for name in ("url", "data-uri")]
    assert [p.read_bytes() for p in by_url] == [p.read_bytes() for p in inside]
    assert io.BytesIO(by_url[0].read_bytes()).read(4) == b"\x89PNG"
