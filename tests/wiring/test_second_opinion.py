"""An official rule set that is installed is asked beside our own rules, and the stricter verdict holds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from formats.checking import Finding, Report, Severity
from formats.contract import NO_OPTIONS, Format
from formats.en16931 import Invoice
from formats.en16931.json_form import encode
from formats.ubl.verdict import ByRules
from gateway.errors import SettingWrong
from gateway.judges import BROKE, DISAGREES, Count, Judges
from gateway.settings import Settings
from gateway.wiring import normalising
from gateway.wiring.building import open_installation
from gateway.wiring.judging import judge
from gateway.wiring.packing.orders import format_of
from gateway.wiring.packing.plain import PlainPacker
from gateway.wiring.rounding import proposed
from gateway.wiring.second_opinion import beside
from rules.derived import recipient_from
from tests.judge import EN16931, PEPPOL, SELF_BILLING, XRECHNUNG, stylesheet
from tests.peppol.envelopes import ENVELOPE
from tests.samples import sample_invoice
from tests.wiring.packets import known, packing
from tests.wiring.stylesheets import ALWAYS, STRICTER_ONE, Assertion, judges_with, only


def formats_with(judges: Judges) -> Mapping[str, Format]:
    return beside(known(), judges).formats


def as_ubl(invoice: Invoice) -> bytes:
    write = known().formats["ubl"].write
    assert write is not None
    return write(invoice).content


def findings(judges: Judges, content: bytes, profile: str = "en16931") -> dict[str, tuple[str, str]]:
    """What is found: id -> severity, words."""
    (judged,) = judge(formats_with(judges), content, "a.xml", profile)
    return {str(one["id"]): (str(one["severity"]), str(one["message"])) for one in judged.findings}


def test_where_both_agree_nothing_is_said_and_the_judge_is_named_among_what_was_applied(tmp_path: Path) -> None:
    judges = judges_with(tmp_path)
    (judged,) = judge(formats_with(judges), as_ubl(sample_invoice()), "a.xml", "en16931")
    assert (judged.is_valid, judged.findings) == (True, ())
    assert [(one.name, one.version, one.checks) for one in judged.applied][2] == (
        "en16931 (judge)",
        only(judges).sha256[:12],
        1,
    )
    assert judges.counts() == ((only(judges), Count()),)


def test_they_agree_on_a_failure_as_well(tmp_path: Path) -> None:
    found = findings(judges_with(tmp_path), as_ubl(sample_invoice()).replace(b"<cbc:ID>2026-0042</cbc:ID>", b"", 1))
    assert "BR-02" in found
    assert DISAGREES not in found


DIFFERENCES = [
    # what the judge finds besides, how it weighs, what is named
    (Assertion("BR-05", ALWAYS), "fatal", "Only the judge finds: BR-05 fatal. Only the gateway finds: nothing."),
    (Assertion("BR-05", ALWAYS, 'flag="warning"'), "warning", "Only the judge finds: BR-05 warning. Only"),
    (Assertion("BR-05", ALWAYS, 'role="info"'), "warning", "Only the judge finds: BR-05 information. Only"),
    (Assertion("BR-05", ALWAYS, ""), "fatal", "BR-05 fatal"),  # without a level there is none lower
    (Assertion("BR-05", ALWAYS, 'flag="grave"'), "fatal", "BR-05 fatal"),  # nor with one that nobody knows
    (Assertion("", ALWAYS), "fatal", "Only the judge finds: ? fatal."),  # without an id
]


@pytest.mark.parametrize(("besides", "severity", "words"), DIFFERENCES)
def test_what_the_judge_alone_finds_is_named_and_fatal_if_it_is(
    tmp_path: Path, besides: Assertion, severity: str, words: str
) -> None:
    said, message = findings(judges_with(tmp_path, besides), as_ubl(sample_invoice()))[DISAGREES]
    assert said == severity
    assert words in message


def test_what_the_gateway_alone_finds_keeps_its_own_weight_and_the_difference_is_a_warning(tmp_path: Path) -> None:
    found = findings(judges_with(tmp_path), as_ubl(sample_invoice(issue_date=None)))
    assert found["BR-03"][0] == "fatal"
    assert found[DISAGREES][0] == "warning"
    assert "Only the judge finds: nothing. Only the gateway finds: BR-03 fatal" in found[DISAGREES][1]


def test_how_often_a_rule_fails_is_a_difference_too(tmp_path: Path) -> None:
    twice = judges_with(tmp_path, Assertion("BR-02", "not(normalize-space(/*/cbc:ID))"))
    found = findings(twice, as_ubl(sample_invoice()).replace(b"<cbc:ID>2026-0042</cbc:ID>", b"", 1))
    assert "Only the judge finds: BR-02 fatal." in found[DISAGREES][1]


def test_a_disagreement_is_logged_and_counted(tmp_path: Path) -> None:
    judges = judges_with(tmp_path, STRICTER_ONE)
    with capture_logs() as said:
        findings(judges, as_ubl(sample_invoice()))
        findings(judges, as_ubl(sample_invoice()))
    assert judges.counts() == ((only(judges), Count(disagreed=2)),)
    assert [one["event"] for one in said] == ["a judge disagrees with the gateway"] * 2
    assert said[0]["rules"] == "en16931"
    assert said[0]["judge"] == only(judges).sha256
    assert (said[0]["only_judge"], said[0]["only_gateway"]) == (["BR-05 fatal"], [])


def test_a_judge_that_breaks_down_over_a_document_says_why_and_nothing_passes(tmp_path: Path) -> None:
    judges = judges_with(tmp_path, body="<xsl:value-of select=\"xs:decimal('a' || /*/cbc:ID)\"/>")
    severity, message = findings(judges, as_ubl(sample_invoice()))[BROKE]
    assert severity == "fatal"
    assert "a2026-0042" in message
    assert judges.counts() == ((only(judges), Count(broke=1)),)


def test_a_document_over_which_the_official_set_breaks_is_undecidable_and_no_difference(tmp_path: Path) -> None:
    judges = Judges(tmp_path / "judges")
    judges.shelf.put(EN16931, stylesheet(EN16931).encode())
    found = findings(
        judges, as_ubl(sample_invoice()).replace(b"<cbc:PayableAmount currencyID=", b"<cbc:PayableAmount x=")
    )
    assert DISAGREES not in found
    found = findings(
        judges, as_ubl(sample_invoice()).replace(b'<cbc:PayableAmount currencyID="EUR">', b"<cbc:PayableAmount>a")
    )
    assert {"GW-UNDECIDABLE", BROKE} <= set(found)
    assert DISAGREES not in found


def test_an_invoice_of_another_format_is_judged_as_the_ubl_that_it_would_become(tmp_path: Path) -> None:
    found = findings(judges_with(tmp_path, STRICTER_ONE), encode(sample_invoice()))
    assert found[DISAGREES][0] == "fatal"


def test_an_invoice_in_an_envelope_is_judged_without_it(tmp_path: Path) -> None:
    assert set(findings(judges_with(tmp_path, Assertion("BR-05", "not(/*/cbc:ID)")), ENVELOPE)) == {"GW-ENVELOPE"}


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16"])
def test_the_encoding_of_a_file_makes_no_difference(tmp_path: Path, encoding: str) -> None:
    content = as_ubl(sample_invoice(number="Nº-42")).decode().replace("UTF-8", encoding, 1).encode(encoding)
    judges = judges_with(tmp_path, Assertion("BR-05", "/*/cbc:ID = 'Nº-42'"))
    assert "BR-05" in findings(judges, content)[DISAGREES][1]


def test_a_judge_is_asked_only_where_its_rules_apply(tmp_path: Path) -> None:
    judges = judges_with(tmp_path, STRICTER_ONE, rules="peppol-bis-3")
    assert findings(judges, as_ubl(sample_invoice()), "en16931") == {}
    assert DISAGREES in findings(judges, as_ubl(sample_invoice()), "peppol-bis-3")


def test_it_is_asked_about_what_would_leave(tmp_path: Path) -> None:
    judges = judges_with(tmp_path, STRICTER_ONE)
    judged = beside(known(), judges)
    packer = PlainPacker(lambda name: format_of(judged.formats, name), normalising.by_speciality(judged.profiles))
    invoice = sample_invoice()
    packed = packer(packing(invoice, "portal", format_name="ubl", recipient=recipient_from(invoice)))
    assert packed.parcel is None
    assert [one.id for one in packed.report.fatal] == [DISAGREES]


def test_the_pipeline_asks_it_about_what_is_read(tmp_path: Path, gateway_database: str) -> None:
    judges = judges_with(tmp_path, STRICTER_ONE)
    given = Settings.model_validate(
        {"DATABASE_URL": gateway_database, "data": tmp_path, "judges": {"folder": judges.shelf.folder}}
    )
    with open_installation(given) as installation:
        house, content = installation.house, as_ubl(sample_invoice())
        source = house.recognise(content, "a.xml")
        assert source is not None
        assert source.read is not None
        (reading,) = source.read(content, NO_OPTIONS)
        checked = house.check(source, content, reading)
    assert DISAGREES in [one.id for one in checked.report.fatal]


def test_what_a_judge_said_of_the_sums_as_they_were_is_not_said_of_those_that_were_put_right(tmp_path: Path) -> None:
    """A judge that has no rule on sums differs on the wrong ones, and has nothing to say of the right ones."""
    formats = formats_with(judges_with(tmp_path))
    invoice = sample_invoice()
    assert invoice.totals is not None
    assert invoice.totals.with_vat is not None
    content = as_ubl(invoice).replace(
        f">{invoice.totals.with_vat:f}</cbc:TaxInclusiveAmount>".encode(), b">100.45</cbc:TaxInclusiveAmount>"
    )
    (judged,) = judge(formats, content, "a.xml", "en16931")
    assert DISAGREES in [one["id"] for one in judged.findings]
    assert judged.checked is not None
    found = proposed(formats, judged.checked)
    assert found is not None
    assert found.after is not None
    assert DISAGREES not in [one.id for one in found.after.report.findings]


def test_one_that_is_added_or_removed_counts_from_the_next_document_on(tmp_path: Path) -> None:
    judges, content = Judges(tmp_path / "judges"), as_ubl(sample_invoice())
    assert findings(judges, content) == {}
    judges_with(tmp_path, STRICTER_ONE)
    assert DISAGREES in findings(judges, content)
    judges_with(tmp_path)
    assert findings(judges, content) == {}
    judges.shelf.remove(only(judges))
    assert findings(judges, content) == {}


def test_a_judge_that_was_changed_after_it_was_installed_is_not_run(tmp_path: Path) -> None:
    judges = judges_with(tmp_path)
    only(judges).file.write_bytes(b"<xsl:stylesheet/>")
    with pytest.raises(SettingWrong, match="not the file that was installed"):
        judge_all(judges)
    with pytest.raises(SettingWrong, match="not the file that was installed"):
        judges.check_ready()


def test_a_folder_to_which_others_may_write_is_not_run_from(tmp_path: Path) -> None:
    judges = judges_with(tmp_path)
    judges.shelf.folder.chmod(0o770)
    with pytest.raises(SettingWrong, match="others may write"):
        judge_all(judges)


def test_without_saxon_a_judge_that_is_installed_is_a_wrong_setting_and_no_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judges = judges_with(tmp_path)
    monkeypatch.setattr("gateway.judges.saxon.find_spec", lambda name: None)
    for ask in (judge_all, Judges.check_ready):
        with pytest.raises(SettingWrong, match=r"saxonche.*einvoice-gateway\[judge\]"):
            ask(judges)
    Judges(tmp_path / "none").check_ready()


def judge_all(judges: Judges) -> None:
    findings(judges, as_ubl(sample_invoice()))


CLOSED = [
    # what a stylesheet might try
    "unparsed-text('{file}')",
    "doc('{file}')",
    "document('{file}')",
    "collection('{folder}')",
    "json-doc('{file}')",
    "doc('http://127.0.0.1:9/x')",
    "transform(map{{'stylesheet-location': '{file}'}})?output",
    "parse-xml('&lt;!DOCTYPE a [&lt;!ENTITY e SYSTEM &quot;{file}&quot;>]>&lt;a>&amp;e;&lt;/a>')",
]


@pytest.mark.parametrize("tried", CLOSED)
def test_a_stylesheet_reads_no_file_and_asks_no_address(tmp_path: Path, tried: str) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<a>secret</a>", encoding="utf-8")
    attempt = tried.format(file=secret.as_uri(), folder=f"{tmp_path.as_uri()}/?select=*.xml")
    judges = judges_with(tmp_path, body=f'<svrl:text><xsl:copy-of select="{attempt}"/></svrl:text>')
    _, message = findings(judges, as_ubl(sample_invoice()))[BROKE]
    assert "prohibited" in message or "disallowed" in message


@pytest.mark.parametrize("given", ["environment-variable('PATH')", "system-property('user.home')"])
def test_a_stylesheet_learns_nothing_of_the_machine(tmp_path: Path, given: str) -> None:
    judges = judges_with(tmp_path, Assertion("BR-05", f"string-length({given}) > 0"))
    assert findings(judges, as_ubl(sample_invoice())) == {}


@pytest.mark.parametrize("rules", [EN16931, PEPPOL, SELF_BILLING, XRECHNUNG])
def test_the_official_sets_agree_about_an_invoice_that_is_right_and_one_that_lacks_a_lot(
    tmp_path: Path, rules: str
) -> None:
    judges = Judges(tmp_path / "judges")
    judges.shelf.put(rules, stylesheet(rules).encode())
    for invoice in (sample_invoice(), sample_invoice(buyer=None, payment=None, lines=())):
        report = judged_as(formats_with(judges), rules, as_ubl(invoice))
        assert {one.id for one in report.findings} & {DISAGREES, BROKE} == set()
        assert f"{rules} (judge)" in [one.name for one in report.applied]
    assert judges.counts() == ((only(judges), Count()),)


def judged_as(formats: Mapping[str, Format], rules: str, content: bytes) -> Report:
    (judged,) = judge(formats, content, "a.xml", rules)
    assert judged.checked is not None
    return judged.checked.report


def test_many_rules_are_named_in_part(tmp_path: Path) -> None:
    many = [Assertion(f"BR-X-{number:02}", ALWAYS) for number in range(30)]
    _, message = findings(judges_with(tmp_path, *many), as_ubl(sample_invoice()))[DISAGREES]
    assert "BR-X-19 fatal and 10 more." in message


def test_the_second_opinion_is_asked_after_each_rule_set_with_what_ours_found() -> None:
    asked: list[tuple[str, Counter[str]]] = []

    def second(rules: object, text: object, ours: tuple[Finding, ...]) -> Report:
        asked.append((getattr(rules, "name", ""), Counter(one.id for one in ours)))
        return Report((Finding("GW-SAID", "", "", severity=Severity.INFORMATION),))

    profile = known().profiles["peppol-bis-3"]
    assert isinstance(profile.check, ByRules)
    read = known().formats["ubl"].read
    assert read is not None
    (reading,) = read(as_ubl(sample_invoice(number=None)), NO_OPTIONS)
    report = replace(profile.check, second=second)(reading)
    assert [name for name, _ in asked] == ["en16931", "peppol-bis-3"]
    assert asked[0][1]["BR-02"] == 1
    assert [one.id for one in report.findings].count("GW-SAID") == 2
