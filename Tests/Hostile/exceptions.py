"""What libcurl makes impossible, mode by mode, with the words by which the header says so."""

import os
import re

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "include", "replicate.h")

EXCEPTIONS = {
    "F62": "is taken for the answer to the next request",
    "F102/tail": "lacks some of gzip's last 8 bytes",
}


def unpublished():
    """The exceptions that the header does not tell of."""
    with open(HEADER, encoding="utf-8") as file:
        text = re.sub(r"[\s*]+", " ", file.read())
    return [mode for mode, words in EXCEPTIONS.items() if words not in text]


def covers(cell):
    return cell.split(" ")[0] in EXCEPTIONS
