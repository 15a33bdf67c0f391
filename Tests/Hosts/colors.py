"""colors.py PICTURE.png COLORS: whether a PNG of 8 bits per channel has at least so many different colors. Prints how many."""

import struct
import sys
import zlib


def pixels(png):
    """The set of its pixels, each as bytes."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n", "not a PNG"
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlace = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            data += body
        at += 12 + length
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    assert depth == 8 and interlace == 0, "not of 8 bits, or interlaced"
    data, stride = zlib.decompress(data), width * channels
    seen, above = set(), bytearray(stride)
    for row in range(height):
        start = row * (stride + 1)
        line, how = bytearray(data[start + 1 : start + 1 + stride]), data[start]
        for i in range(stride):
            left, up = line[i - channels] if i >= channels else 0, above[i]
            corner = above[i - channels] if i >= channels else 0
            if how == 4:
                guess = left + up - corner
                near = sorted((left, up, corner), key=lambda each: abs(guess - each))  # stable: left, up, corner
                line[i] = (line[i] + near[0]) & 255
            else:
                line[i] = (line[i] + (0, left, up, (left + up) // 2)[how]) & 255
        seen.update(bytes(line[i : i + channels]) for i in range(0, stride, channels))
        above = line
    return seen


found = len(pixels(open(sys.argv[1], "rb").read()))
print(f"{sys.argv[1]}: {found} colors")
sys.exit(found < int(sys.argv[2]))
