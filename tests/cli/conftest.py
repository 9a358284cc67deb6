"""The command line in this process: what it prints, what it complains of, and its exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from formats.erp.canonical_json import FORMAT as JSON
from formats.fatturapa import FORMAT as FATTURAPA
from formats.peppol import FORMAT as PEPPOL
from formats.ubl import FORMAT as UBL
from gateway.cli import main
from tests.samples import sample_credit_note, sample_invoice, sample_italian_invoice

_PARTIES = (
    "Nordlicht Werkzeuge GmbH;ATU12345675;Amselweg 7;8010;Graz;AT;Atelier du Lac SARL;3 rue du Moulin;74000;Annecy;FR"
)
CSV = (
    "Invoice number;Invoice date;Currency;Seller name;Seller VAT number;Seller address;Seller post code;Seller city;"
    "Seller country;Buyer name;Buyer address;Buyer post code;Buyer city;Buyer country;Item name;Quantity;Unit price;"
    "VAT rate\n"
    f"A-1;2026-03-02;EUR;{_PARTIES};Hand drill;3;19.90;20\n"
    f"A-1;2026-03-02;EUR;{_PARTIES};Screws;2;12.00;20\n"
    f"A-2;2026-03-03;EUR;{_PARTIES};Hand saw;1;25.50;20\n"
)


@dataclass(frozen=True)
class Ran:
    """A command that has run."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """What it printed."""
        return self.out.decode()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON objects it printed, one a line."""
        return [json.loads(one) for one in self.out.splitlines()]


Gateway = Callable[..., Ran]


@pytest.fixture
def gateway(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """Run `gateway` with these words; text typed at a prompt, and settings in the environment, by name."""

    def run(*words: object, typed: str = "", **environment: str) -> Ran:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        answers = iter(typed.splitlines())
        monkeypatch.setattr("getpass.getpass", lambda *_, **__: next(answers))
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in words])
        said = capsysbinary.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, said.out, said.err.decode())

    yield run
    structlog.reset_defaults()


@pytest.fixture
def files(tmp_path: Path) -> Mapping[str, Path]:
    """Our own samples as files, by what they are."""
    made = {
        "ubl": (UBL, sample_invoice(), "invoice.xml"),
        "credit note": (UBL, sample_credit_note(), "credit.xml"),
        "peppol": (PEPPOL, sample_invoice(), "peppol.xml"),
        "fatturapa": (FATTURAPA, sample_italian_invoice(), "fattura.xml"),
        "json": (JSON, sample_invoice(), "invoice.json"),
    }
    found = {"csv": tmp_path / "export.csv"}
    found["csv"].write_text(CSV, encoding="utf-8")
    for name, (form, invoice, file_name) in made.items():
        assert form.write is not None
        found[name] = tmp_path / file_name
        found[name].write_bytes(form.write(invoice).content)
    return found


def process(*words: object, cwd: Path | None = None, **environment: str) -> Ran:
    """Run `gateway` as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, words)],
        cwd=cwd,
        env={"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout, done.stderr.decode())
