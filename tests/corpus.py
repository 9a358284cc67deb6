"""Real documents to test with, from the folder of specifications beside the repository (fixture `shared`).

They are read where they lie and never copied. `verdicts` says what the official rule sets find in each of them.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest


def shared_folder() -> Path:
    """Where the specifications and corpora would be."""
    return Path(os.environ.get("GATEWAY_SHARED") or Path(__file__).parents[2] / "shared")


@dataclass(frozen=True)
class Verdict:
    """What official artefacts say about one document of the corpus.

    path:   from the folder `corpus`: `peppol-examples/...xml`
    root:   name of the root element, `Invoice`
    xsd:    whether it is valid by its schema, None where no schema was applied
    rules:  a rule set (`EN16931-UBL 1.3.16`) -> how often it fires each rule: (`BR-CO-10`, `fatal`) -> 1
    """

    path: str
    root: str | None
    xsd: bool | None
    rules: Mapping[str, Mapping[tuple[str, str], int]]

    def is_clean(self, rule_set: str) -> bool:
        """Whether the rule set was applied and nothing fatal was found."""
        return rule_set in self.rules and not any(flag == "fatal" for _, flag in self.rules[rule_set])


class _Xsd(msgspec.Struct):
    valid: bool | None = None


class _Stored(msgspec.Struct):
    root: str | None = None
    xsd: _Xsd | None = None
    schematron: dict[str, list[tuple[str, int]]] = {}


def verdicts(shared: Path, rule_set: str = "", folders: tuple[str, ...] = ("",)) -> list[Verdict]:
    """The verdicts on the documents that a rule set was applied to (any, where it is empty), below these folders."""
    found = _corpus_file(shared, "oracle-verdicts.json").read_bytes()
    stored = msgspec.json.decode(found, type=dict[str, _Stored])
    return [
        _verdict(path, one)
        for path, one in sorted(stored.items())
        if path.startswith(folders) and (not rule_set or rule_set in one.schematron)
    ]


def document(shared: Path, path: str) -> bytes:
    """The bytes of one document, by its path from the folder `corpus`."""
    return _corpus_file(shared, path).read_bytes()


def documents(shared: Path, folder: str, pattern: str = "*.xml") -> list[Path]:
    """The files below a folder of the corpus; none at all would make a test that proves nothing, so it skips."""
    found = sorted(_corpus_file(shared, folder).rglob(pattern))
    if not found:
        pytest.skip(f"the corpus has no {pattern} in {folder}")
    return found


def _corpus_file(shared: Path, path: str) -> Path:
    file = shared / "corpus" / path
    if not file.exists():
        pytest.skip(f"the corpus lacks {path} (looked in {shared})")
    return file


def _verdict(path: str, stored: _Stored) -> Verdict:
    return Verdict(
        path,
        stored.root,
        stored.xsd.valid if stored.xsd else None,
        {
            rule_set: {(rule.partition("|")[0], rule.partition("|")[2]): times for rule, times in fired}
            for rule_set, fired in stored.schematron.items()
        },
    )
