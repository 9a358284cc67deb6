"""A parcel for SDI: a name that was never used, the buyer's code, and a signature where the law asks for one."""

import datetime
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec.structs import replace
from signxml.xades.xades import XAdESVerifier

from channels.contract import Parcel
from formats import xml
from formats.en16931 import Identifier, Invoice
from gateway.errors import SettingWrong, SigningCertificateEarly, SigningCertificateExpired, SigningKeyUnusable
from gateway.pipeline.house import Packed
from gateway.settings import SigningSettings
from gateway.wiring.packing.sdi import SdiPacker
from gateway.wiring.packing.signing_key import KeptKey
from rules.derived import recipient_from
from rules.recipient import Addresses, SdiAddress
from tests.clocks import NOON
from tests.samples import ITALIAN_BUYER, ITALIAN_SELLER, sample_italian_invoice
from tests.signing.authority import Issued, issue, private_pem
from tests.wiring.packets import format_named, not_carried, packing, reasons

YEAR = datetime.timedelta(days=365)
OFFICE = replace(ITALIAN_BUYER, electronic_address=Identifier("UFAB12", "0201"))
TO_AN_OFFICE = sample_italian_invoice(buyer=OFFICE, italy=None)
ELSEWHERE = "IT12345670017"


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def issued(private: rsa.RSAPrivateKey) -> Issued:
    return issue(private, NOON - YEAR, NOON + YEAR)


class Cupboard:
    """A folder with a key and its certificate, which are replaced as an operator does it."""

    def __init__(self, folder: Path) -> None:
        self.settings = SigningSettings(certificate_file=folder / "sign.pem", key_file=folder / "sign.key")
        self._folder, self._ages = folder, 0

    def put(self, name: str, content: bytes) -> None:
        """A file in the place of another one; its age differs, however quick that was."""
        new = self._folder / "new"
        new.write_bytes(content)
        new.chmod(0o600)
        self._ages += 1
        os.utime(new, (self._ages, self._ages))
        new.replace(self._folder / name)

    def install(self, one: Issued) -> None:
        """Both of them."""
        self.put("sign.key", private_pem(one.private))
        self.put("sign.pem", one.pem)


@pytest.fixture
def cupboard(issued: Issued, tmp_path: Path) -> Cupboard:
    made = Cupboard(tmp_path)
    made.install(issued)
    return made


def pack(
    invoice: Invoice, key: KeptKey | None = None, transmitter: str = "", progressive: int = 1, **how: object
) -> Packed:
    packer = SdiPacker(format_named, transmitter, key)
    return packer(packing(invoice, "sdi", progressive=progressive, **how))  # type: ignore[arg-type]  # by name


def parcel_of(packed: Packed) -> Parcel:
    assert packed.parcel is not None, packed.report.fatal
    return packed.parcel


def said(content: bytes, name: str) -> str | None:
    """What an element of the file says."""
    return xml.parse(content).findtext(f".//{name}")


def transmission(content: bytes) -> Mapping[str, str | None]:
    """DatiTrasmissione."""
    names = ("IdPaese", "IdCodice", "ProgressivoInvio", "FormatoTrasmissione", "CodiceDestinatario", "PECDestinatario")
    return {name: said(content, name) for name in names}


# --- names


def test_the_file_is_named_by_its_transmitter_and_the_ledger_and_says_so_inside() -> None:
    parcel = parcel_of(pack(sample_italian_invoice(), progressive=47))
    assert parcel.file_name == parcel.key == "IT01234560157_0001B.xml"
    assert said(parcel.content, "ProgressivoInvio") == "0001B"
    assert (said(parcel.content, "IdPaese"), said(parcel.content, "IdCodice")) == ("IT", "01234560157")


@pytest.mark.parametrize(
    ("installation", "sender", "expected"),
    [
        # Where nobody is set, the seller transmits for itself.
        ("", {}, "IT01234560157"),
        # The operator transmits for all of its senders.
        (ELSEWHERE, {}, ELSEWHERE),
        # A sender with a transmitter of its own, a person with a code of sixteen characters.
        (ELSEWHERE, {"sdi_transmitter": "ITRSSMRA80A01H501U"}, "ITRSSMRA80A01H501U"),
    ],
)
def test_who_transmits_is_set_for_the_sender_else_for_all_else_it_is_the_seller(
    installation: str, sender: dict[str, object], expected: str
) -> None:
    parcel = parcel_of(pack(sample_italian_invoice(), transmitter=installation, settings=sender))
    assert parcel.file_name == f"{expected}_00001.xml"
    assert parcel.address["transmitter"] == expected


def test_where_nobody_can_transmit_the_clerk_is_told() -> None:
    nameless = sample_italian_invoice(seller=replace(ITALIAN_SELLER, vat_identifier=None))
    packed = pack(nameless)
    assert reasons(packed) == ["GW-SDI-TRANSMITTER"]
    assert "BT-31" in packed.report.fatal[0].fix


def test_a_sender_whose_transmitter_can_name_no_file_is_told() -> None:
    with pytest.raises(SettingWrong, match=r"senders\.ERP North.*`IT4711` is no transmitter"):
        pack(sample_italian_invoice(), settings={"sdi_transmitter": "IT4711"})


# --- whom it goes to


@pytest.mark.parametrize(
    ("address", "options", "expected"),
    [
        # A business with a channel, by the code that was entered for it.
        (SdiAddress(code="KRRH6B9"), {}, ("FPR12", "KRRH6B9", None)),
        # Certified mail goes with seven zeros.
        (SdiAddress(pec="cantina@pec.example"), {}, ("FPR12", "0000000", "cantina@pec.example")),
        # Nothing known: it waits in the tax portal.
        (None, {}, ("FPR12", "0000000", None)),
        # The rule wins over what was entered.
        (
            SdiAddress(code="KRRH6B9"),
            {"recipient_code": "0000000", "recipient_pec": "altra@pec.example"},
            ("FPR12", "0000000", "altra@pec.example"),
        ),
    ],
)
def test_the_buyer_is_found_by_rule_then_by_its_data(
    address: SdiAddress | None, options: dict[str, str], expected: tuple[str, str, str | None]
) -> None:
    invoice = sample_italian_invoice(italy=None)
    recipient = replace(recipient_from(invoice), addresses=Addresses(sdi=address))
    parcel = parcel_of(pack(invoice, recipient=recipient, options=options))
    found = transmission(parcel.content)
    assert (found["FormatoTrasmissione"], found["CodiceDestinatario"], found["PECDestinatario"]) == expected
    assert (parcel.address["code"], parcel.address["pec"]) == (expected[1], expected[2] or "")


def test_what_fatturapa_has_no_place_for_is_listed() -> None:
    packed = pack(sample_italian_invoice(buyer_reference="ATELIER-7", delivery=None))
    assert not_carried(packed)["BG-2/BT-24"]
    assert all(one.reason for one in packed.not_carried)


def test_what_sdi_would_refuse_is_not_packed_and_keeps_sdis_own_code() -> None:
    """00471 and the like are answers of days; here they take no time, and no file name is lost to the tax office."""
    to_itself = sample_italian_invoice(buyer=replace(ITALIAN_BUYER, vat_identifier=ITALIAN_SELLER.vat_identifier))
    packed = pack(to_itself)
    assert reasons(packed) == ["00471"]
    assert packed.report.fatal[0].where.endswith("document that would leave")


# --- signatures


def test_an_invoice_to_a_public_body_is_signed_and_others_verify_it(cupboard: Cupboard, issued: Issued) -> None:
    packed = pack(TO_AN_OFFICE, KeptKey(cupboard.settings))
    parcel = parcel_of(packed)
    assert said(parcel.content, "FormatoTrasmissione") == "FPA12"
    XAdESVerifier().verify(parcel.content, x509_cert=issued.pem.decode())
    (unsigned,) = packed.extras
    assert unsigned.role == "document"
    assert b"Signature" not in unsigned.content


@pytest.mark.parametrize(("options", "is_signed"), [({}, False), ({"sign": True}, True), ({"sign": False}, False)])
def test_one_to_a_business_is_signed_where_the_rule_says_so(
    cupboard: Cupboard, options: dict[str, object], is_signed: bool
) -> None:
    content = parcel_of(pack(sample_italian_invoice(), KeptKey(cupboard.settings), options=options)).content
    assert (b"<ds:Signature" in content) is is_signed


def test_an_invoice_of_tomorrow_does_not_leave_today() -> None:
    """In Rome: at noon of Greenwich it is the same day."""
    today = pack(sample_italian_invoice(issue_date=NOON.date()))
    assert today.parcel is not None
    tomorrow = pack(sample_italian_invoice(issue_date=NOON.date() + datetime.timedelta(days=1)))
    assert tomorrow.parcel is None
    assert [one.id for one in tomorrow.report.fatal] == ["00403"]


def test_without_a_certificate_it_is_said_what_to_set() -> None:
    with pytest.raises(SettingWrong, match=r"signing\.certificate_file.*no signing certificate is set.*Install"):
        pack(TO_AN_OFFICE)


def test_one_file_may_hold_key_and_certificate(issued: Issued, cupboard: Cupboard, tmp_path: Path) -> None:
    cupboard.put("both.pem", private_pem(issued.private) + issued.pem)
    for given in ({"key_file": tmp_path / "both.pem"}, {"certificate_file": tmp_path / "both.pem"}):
        kept = KeptKey(SigningSettings.model_validate(given))
        assert b"<ds:Signature" in parcel_of(pack(TO_AN_OFFICE, kept)).content


def test_an_expired_certificate_is_named_with_its_end_and_its_successor_is_used_at_once(
    private: rsa.RSAPrivateKey, cupboard: Cupboard
) -> None:
    cupboard.install(issue(private, NOON - YEAR, NOON - datetime.timedelta(days=3)))
    kept = KeptKey(cupboard.settings)
    with pytest.raises(SigningCertificateExpired, match="ended on 2026-11-09 12:00 UTC"):
        pack(TO_AN_OFFICE, kept)
    cupboard.install(issue(private, NOON - YEAR, NOON + YEAR))
    assert b"<ds:Signature" in parcel_of(pack(TO_AN_OFFICE, kept)).content


def test_a_certificate_that_begins_later_signs_nothing(private: rsa.RSAPrivateKey, cupboard: Cupboard) -> None:
    cupboard.install(issue(private, NOON + datetime.timedelta(days=1), NOON + YEAR))
    with pytest.raises(SigningCertificateEarly, match="begins on 2026-11-13"):
        pack(TO_AN_OFFICE, KeptKey(cupboard.settings))


def test_while_the_files_are_replaced_one_by_one_the_key_before_them_is_used(
    cupboard: Cupboard, issued: Issued
) -> None:
    kept = KeptKey(cupboard.settings)
    before = kept()
    successor = issue(rsa.generate_private_key(public_exponent=65537, key_size=2048), NOON - YEAR, NOON + YEAR)
    cupboard.put("sign.key", private_pem(successor.private))  # its certificate is not there yet
    assert kept() is before
    cupboard.put("sign.pem", successor.pem)
    assert kept().certificate == successor.certificate != issued.certificate


def test_a_key_is_loaded_once_as_long_as_its_files_stay(cupboard: Cupboard) -> None:
    kept = KeptKey(cupboard.settings)
    assert kept() is kept()


def test_a_key_that_never_was_usable_says_why(tmp_path: Path) -> None:
    given = SigningSettings(key_file=tmp_path / "nowhere.key", certificate_file=tmp_path / "nowhere.pem")
    with pytest.raises(SigningKeyUnusable, match=r"nowhere\.key cannot be used"):
        KeptKey(given)()


def test_sdi_takes_fatturapa_alone() -> None:
    with pytest.raises(SettingWrong, match=r"nobody reads `ubl` over sdi.*format: fatturapa"):
        pack(sample_italian_invoice(), format_name="ubl")


@pytest.mark.parametrize("options", [{"singn": True}, {"sign": "perhaps"}, {"recipient_code": 7}])
def test_an_option_that_is_none_holds_the_document(options: dict[str, object]) -> None:
    with pytest.raises(SettingWrong, match="options of the way `sdi`"):
        pack(sample_italian_invoice(), options=options)
