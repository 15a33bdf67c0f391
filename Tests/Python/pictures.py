"""What the tests of pictures share: a PNG opened by Pillow, which has its own reader, and pictures made by it."""

import io
import random

from PIL import Image


def opened(png):
    """As Pillow reads it, every checksum and row of it."""
    Image.open(io.BytesIO(png)).verify()
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    image.load()
    return image


def noise(mode, size, seed=0):
    """A picture of random pixels."""
    count = size[0] * size[1] * len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, size, random.Random(seed).randbytes(count))


def png(image, **options):
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()
