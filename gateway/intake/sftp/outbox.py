"""An answer becomes files that a sender fetches: in `out/`, or in `errors/` with the file that it is about.

The `.ack.json` comes last: whoever sees it finds the rest beside it. A second file of the same name gets answers of
another name (`march-2.csv.ack.json`); the same answer again, after a crash, takes its own place.
"""

from collections.abc import Mapping
from typing import Final

from gateway.intake.answer_text import as_text
from gateway.intake.answers import Answer, as_json
from gateway.intake.sftp.names import ERRORS, OUT, numbered
from gateway.intake.sftp.root import Root

_ACK: Final = ".ack.json"
_TEXT: Final = ".txt"
_MOST_NUMBERED: Final = 99
# Either form begins with the file and the submission that it is about: so many lines.
_HEAD: Final = {_ACK: 4, _TEXT: 2}


def deliver(root: Root, said: Answer, source: bytes | None = None) -> str:
    """Put an answer where its sender looks for it, with the file that it refuses; returns what it is called."""
    folder = ERRORS if said.wants_correction else OUT
    forms = {_TEXT: as_text(said).encode(), _ACK: as_json(said)}
    name = _free_name(root, folder, said, forms)
    if source is not None:
        root.put(folder, name, source)
    for suffix, content in forms.items():
        root.put(folder, name + suffix, content)
    return f"{folder}/{name}"


def _free_name(root: Root, folder: str, said: Answer, forms: Mapping[str, bytes]) -> str:
    """The first name that no other answer has; after many, one with the submission's id in it."""
    for number in range(1, _MOST_NUMBERED + 1):
        name = numbered(said.file, number)
        if _is_free(root, folder, name, forms):
            return name
    return f"{said.submission or 'refused'}-{said.file}"


def _is_free(root: Root, folder: str, name: str, forms: Mapping[str, bytes]) -> bool:
    """Whether nothing has this name, or an earlier try at the same answer."""
    there = False
    for suffix, content in forms.items():
        head = b"".join(content.splitlines(keepends=True)[: _HEAD[suffix]])
        beginning = root.beginning(folder, name + suffix, len(head))
        if beginning not in (None, head):
            return False
        there = there or beginning == head
    return there or root.beginning(folder, name, 0) is None
