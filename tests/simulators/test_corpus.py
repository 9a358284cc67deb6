"""The twin's judgement against documents that others made."""

from pathlib import Path

import pytest

from simulators.cms import CmsRefused, open_signed
from simulators.sbd import EnvelopeRefused, read_envelope


def verdict(envelope: bytes) -> str:
    try:
        read_envelope(envelope)
    except EnvelopeRefused:
        return "bad"
    return "good"


def test_envelopes_of_the_common_implementation_are_judged_as_it_does(shared: Path) -> None:
    documents = sorted((shared / "corpus" / "peppol-edelivery" / "sbdh").rglob("*.xml"))
    assert len(documents) > 20
    wrong = [path.name for path in documents if not path.name.startswith(verdict(path.read_bytes()))]
    assert wrong == []


def test_wrapped_invoices_from_the_wild_are_opened_in_every_dress(shared: Path) -> None:
    folder = shared / "corpus" / "fatturapa" / "dotnet"
    dresses = ("IT02182030391_31.xml.p7m", "IT02182030391_31.Base64.xml.p7m", "IT02182030391_31.Base64.CRLF.xml.p7m")
    contents = {open_signed((folder / name).read_bytes()).content for name in dresses}
    assert len(contents) == 1
    assert b"FatturaElettronicaHeader" in contents.pop()


@pytest.mark.parametrize("name", ["IT02182030391_31_tampered.xml.p7m", "IT02182030391_31_tampered.Base64.xml.p7m"])
def test_a_tampered_wrapping_is_refused(shared: Path, name: str) -> None:
    with pytest.raises(CmsRefused):
        open_signed((shared / "corpus" / "fatturapa" / "dotnet" / name).read_bytes())
