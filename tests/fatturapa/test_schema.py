"""The schema that is generated from our table says the same as the official one, on real documents and damaged ones."""

import random
from pathlib import Path

import pytest
from lxml import etree

from formats import xml
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.elements import Form, form_of, ordinary, simplified
from formats.fatturapa.schema import _fast_schema, _thorough_schema, errors_of, schema_text
from formats.fatturapa.writer import write
from tests.corpus import documents, verdicts
from tests.fatturapa.mutated import damaged
from tests.fatturapa.official import fast_official, thorough_official
from tests.samples import sample_italian_invoice

DAMAGES_A_DOCUMENT = 60
THOROUGH_DAMAGES = 40


@pytest.fixture(scope="module")
def official(shared: Path) -> dict[str, etree.XMLSchema]:
    return {form.root_tag: fast_official(shared, form) for form in (ordinary(), simplified())}


@pytest.fixture(scope="module")
def roots(shared: Path) -> list[etree._Element]:
    """Every well-formed document of the corpus that is of one of the two forms."""
    found = []
    for path in documents(shared, "fatturapa"):
        try:
            root = xml.parse(path.read_bytes())
        except xml.XmlRefused:
            continue
        if form_of(str(root.tag)) is not None:
            found.append(root)
    return found


def test_ours_and_the_official_schema_agree_on_every_real_document(
    roots: list[etree._Element], official: dict[str, etree.XMLSchema]
) -> None:
    said = [(official[str(root.tag)].validate(root), not list(errors_of(root))) for root in roots]
    assert {theirs for theirs, _ in said} == {True, False}
    assert [root.base for root, (theirs, ours) in zip(roots, said, strict=True) if theirs != ours] == []


def test_ours_and_the_official_schema_agree_on_damaged_documents(
    roots: list[etree._Element], official: dict[str, etree.XMLSchema]
) -> None:
    dice = random.Random(4711)
    verdicts_seen = set()
    for root in roots:
        tag = str(root.tag)
        if not official[tag].validate(root):
            continue  # a second fault in a faulty document shows nothing
        for _ in range(DAMAGES_A_DOCUMENT):
            document = damaged(root, dice)
            theirs, ours = official[tag].validate(document), _fast_schema(tag).validate(document)
            verdicts_seen.add(theirs)
            assert ours == theirs, (official[tag].error_log, etree.tostring(document).decode())
    assert verdicts_seen == {True, False}


@pytest.mark.parametrize("form", [ordinary(), simplified()], ids=lambda form: form.root)
def test_they_agree_in_the_eyes_of_xmlschema_as_well(form: Form, roots: list[etree._Element], shared: Path) -> None:
    dice = random.Random(815)
    theirs = thorough_official(shared, form)
    ours = _thorough_schema(form.root_tag)
    of_this_form = [root for root in roots if root.tag == form.root_tag]
    seen = set()
    for _ in range(THOROUGH_DAMAGES):
        document = damaged(dice.choice(of_this_form), dice)
        is_valid = theirs.is_valid(document)  # type: ignore[arg-type]  # see formats.fatturapa.schema
        seen.add(is_valid)
        assert ours.is_valid(document) == is_valid, etree.tostring(document).decode()  # type: ignore[arg-type]
    assert seen == {True, False}


def test_the_verdicts_are_those_of_the_oracle(shared: Path) -> None:
    for verdict in verdicts(shared, folders=("fatturapa/",)):
        if verdict.root not in ("FatturaElettronica", "FatturaElettronicaSemplificata") or verdict.xsd is None:
            continue
        root = xml.parse((shared / "corpus" / verdict.path).read_bytes())
        assert (not list(errors_of(root))) == verdict.xsd, verdict.path


def test_a_blank_around_a_date_is_right_although_lxml_refuses_it() -> None:
    content = write(sample_italian_invoice()).content.replace(b"<Data>2026-03-02<", b"<Data> 2026-03-02 <")
    root = xml.parse(content)
    assert not _fast_schema(str(root.tag)).validate(root)
    assert list(errors_of(root)) == []


def test_an_error_names_line_path_and_reason() -> None:
    content = write(sample_italian_invoice()).content.replace(b"<CAP>26100<", b"<CAP>2610<")
    (error,) = errors_of(xml.parse(content))
    place, reason = error
    assert place.startswith("line 26, ")
    assert place.endswith("CedentePrestatore/Sede/CAP")
    assert "pattern" in reason


def test_sdi_stops_at_fifty_errors_and_so_do_we() -> None:
    line = b"<RiferimentoNumeroLinea>x</RiferimentoNumeroLinea>"
    content = write(sample_italian_invoice()).content.replace(b"<IdDocumento>ND", line * 60 + b"<IdDocumento>ND")
    findings = [one for one in check_bytes(content).findings if one.id.startswith("002")]
    assert [one.id for one in findings] == ["00200"] * 50 + ["00201"]
    fifty = write(sample_italian_invoice()).content.replace(b"<IdDocumento>ND", line * 50 + b"<IdDocumento>ND")
    assert {one.id for one in check_bytes(fifty).findings} == {"00200"}


def test_another_root_element_is_an_error_and_not_a_pass() -> None:
    (error,) = errors_of(xml.parse(b"<FatturaElettronica/>"))
    assert "root element" in error[1]


@pytest.mark.parametrize("form", [ordinary(), simplified()], ids=lambda form: form.root)
def test_the_schema_is_made_of_the_table_alone(form: Form) -> None:
    text = schema_text(form)
    for elements in form.groups.values():
        for element in elements:
            assert f'name="{element.name}" type="{element.type}"' in text
    assert "import" not in text
