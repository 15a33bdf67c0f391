"""What libcurl makes impossible, mode by mode, with the words by which the header says so."""

import os
import re

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "include", "replicate.h")

EXCEPTIONS = {
    "F62": "is taken for the answer to the next request",
    "F102/tail": "lacks some of gzip's last 8 bytes",
}


def header():
    with open(HEADER, encoding="utf-8") as file:
        return file.read()


def kinds_not_as_published(seen):
    """The kinds of errors that the header names and no mode raises, or the other way round. "internal" is a fault of ours."""
    part = header().split("replicate_error_kind(")[0].rsplit("/*", 1)[1]
    published = set(re.findall(r'^ +"([a-z_]+)" ', part, re.MULTILINE)) - {"internal"}
    return [f"no mode raises {kind}" for kind in sorted(published - seen)] + [
        f"the header does not name {kind}" for kind in sorted(seen - published)
    ]


def unpublished():
    """The exceptions that the header does not tell of."""
    text = re.sub(r"[\s*]+", " ", header())
    return [mode for mode, words in EXCEPTIONS.items() if words not in text]


def covers(cell):
    return cell.split(" ")[0] in EXCEPTIONS
