"""What a sender's invoice lacks is filled in, and the rules that apply to it are run."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from formats.checking import Report
from formats.contract import Format, Profile, Reading
from formats.en16931 import Invoice, Place, ProcessControl, Provenance
from formats.en16931.totals import completed
from gateway.pipeline.verdict import Checked

CORE_SPECIFICATION: Final = "urn:cen.eu:en16931:2017"
# Asked from the most special profile to the most general; one that is not named here comes first.
_GENERAL_LAST: Final = ("fatturapa", "xrechnung", "peppol-bis-3", "en16931")
_NO_CLAIM: Final = Place(computed="the sender's file claims no specification")


def check(
    profiles: Iterable[Profile],
    source: Format,
    content: bytes,
    reading: Reading,
    *,
    ordered: Profile | None = None,
) -> Checked:
    """Normalise one invoice and check it: the bytes by the rules of their format, the invoice by those it claims.

    Only an export that may leave totals out is completed; a document in a format that demands them is checked as it is.
    ordered: whose rules apply, whatever the invoice claims.
    """
    assert reading.invoice is not None  # noqa: S101 - whoever asks has looked
    invoice, provenance = reading.invoice, reading.provenance
    if source.check_bytes is None:
        invoice, provenance = completed(invoice, provenance)
        invoice, provenance = _with_claim(invoice, provenance, ordered)
        report = Report()
    else:
        report = source.check_bytes(content, reading.parsed)
    profile = ordered or next(one for one in profiles if one.recognises(invoice))
    report += profile.check(dataclasses.replace(reading, invoice=invoice)).judged()
    return Checked(invoice, provenance, profile.name, report.located(provenance.place_of))


def is_claim_known(checked: Checked) -> bool:
    """Whether the rules of the specification that an invoice claims (BT-24) were among those that it was checked by.

    Whatever claims one that nobody here knows was checked by the rules of EN 16931 alone.
    """
    claimed = checked.invoice.process.specification if checked.invoice.process else None
    return checked.profile != _GENERAL_LAST[-1] or claimed in (None, CORE_SPECIFICATION)


def by_speciality(profiles: Mapping[str, Profile]) -> tuple[Profile, ...]:
    """The profiles, the most special first: the first one that an invoice claims is the one that applies."""

    def generality(profile: Profile) -> int:
        return _GENERAL_LAST.index(profile.name) + 1 if profile.name in _GENERAL_LAST else 0

    return tuple(sorted(profiles.values(), key=generality))


def _with_claim(invoice: Invoice, provenance: Provenance, ordered: Profile | None) -> tuple[Invoice, Provenance]:
    """BT-24 is mandatory (BR-01) and no export knows it: what claims nothing claims what was ordered, or the core."""
    process = invoice.process or ProcessControl()
    specification = CORE_SPECIFICATION if ordered is None else ordered.specification
    if process.specification or specification is None:
        return invoice, provenance
    business_process = process.business_process or (ordered.business_process if ordered is not None else None)
    claimed = {"BG-2/BT-24": _NO_CLAIM}
    if business_process != process.business_process:
        claimed["BG-2/BT-23"] = _NO_CLAIM
    process = replace(process, specification=specification, business_process=business_process)
    return replace(invoice, process=process), provenance.having(claimed)
