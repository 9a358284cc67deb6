"""The rounding solver asked and its answer judged: what the rules do not confirm is never proposed."""

from collections.abc import Mapping
from dataclasses import replace

from formats.checking import Report
from formats.contract import CannotWrite, Format, Profile, Reading
from formats.en16931 import Invoice
from formats.en16931.rounding import EN16931, PEPPOL, SDI, Demands, NoRounding, Proposal, is_italian, propose
from formats.en16931.rounding.rules import TOTAL_RULES
from gateway.judges import BROKE, DISAGREES
from gateway.pipeline.rounding import Rounding, settled
from gateway.pipeline.verdict import Checked
from gateway.registry import profiles_of
from gateway.store.records import Sender

_EXACT_LINES = "PEPPOL-EN16931-R120"
_DIFFERENT = "The amounts that were read add up: what fails is how the document states them."


def settle(formats: Mapping[str, Format], sender: Sender, checked: Checked) -> Rounding | None:
    """What is proposed for an invoice of this sender, applied where the sender's settings say so."""
    return settled(proposed(formats, checked), sender.settings.get("rounding"))


def proposed(formats: Mapping[str, Format], checked: Checked) -> Rounding | None:
    """What the solver says of an invoice; None where none of the rules on its amounts fails."""
    if not _broken(checked.report):
        return None
    profile = profiles_of(formats)[checked.profile]
    demands = _demands(checked.invoice, profile)
    found = propose(checked.invoice, demands)
    if isinstance(found, NoRounding):
        return Rounding(path=found.path, reason=found.reason)
    if found is None:
        return Rounding(reason=_DIFFERENT)
    return _confirmed(formats, profile, checked, found)


def _demands(invoice: Invoice, profile: Profile) -> Demands:
    if is_italian(invoice):
        return SDI
    return PEPPOL if any(_EXACT_LINES in rules.ids for rules in profile.rules) else EN16931


def _confirmed(formats: Mapping[str, Format], profile: Profile, checked: Checked, found: Proposal) -> Rounding:
    """The proposal, after the rules have judged the invoice that it makes."""
    report = profile.check(Reading(found.invoice, checked.provenance)).located(checked.provenance.place_of)
    # What was found in the file itself, and not by the rules on what it says, stays as it was.
    of_rules = frozenset(one for rules in profile.rules for one in rules.ids) | TOTAL_RULES | {DISAGREES, BROKE}
    of_file = Report(tuple(one for one in checked.report.findings if one.id not in of_rules))
    left = _broken(report) or (_broken(_in_fatturapa(formats, found.invoice)) if is_italian(found.invoice) else [])
    if left:
        return Rounding(reason=f"No change within rounding satisfies {', '.join(sorted(set(left)))}.")
    return Rounding(found.steps, replace(checked, invoice=found.invoice, report=of_file + report))


def _broken(report: Report) -> list[str]:
    return [one.id for one in report.findings if one.id in TOTAL_RULES]


def _in_fatturapa(formats: Mapping[str, Format], invoice: Invoice) -> Report:
    """What SDI would say of the invoice; nothing where it cannot be sent there."""
    fatturapa = formats.get("fatturapa")
    if fatturapa is None or fatturapa.write is None or fatturapa.check_bytes is None:
        return Report()
    try:
        return fatturapa.check_bytes(fatturapa.write(invoice).content)
    except CannotWrite:
        return Report()
