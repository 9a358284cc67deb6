"""The wheel holds the four packages whole, and nothing else; installed alone it is complete."""

import json
import subprocess
import zipfile
from pathlib import Path

from tests.acceptance.conftest import Installation

PACKAGES = {"formats", "rules", "channels", "gateway"}
ROOT = Path(__file__).parents[2]


def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    """Templates, migrations, fonts and tables too: what is forgotten here fails at the customer's."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *PACKAGES], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    with zipfile.ZipFile(wheel) as archive:
        assert set(listed.stdout.split("\0")) - {""} - set(archive.namelist()) == set()


def test_every_package_says_that_it_is_typed_and_the_licence_goes_along(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_packages_come_from_the_wheel_and_no_other_owner_has_their_names(installation: Installation) -> None:
    owners = json.loads(
        installation.python(
            "import json; from importlib.metadata import packages_distributions as owners; print(json.dumps(owners()))"
        )
    )
    assert {package: owners[package] for package in PACKAGES} == {package: ["einvoice-gateway"] for package in PACKAGES}


def test_the_runtime_lock_is_all_it_needs(installation: Installation) -> None:
    assert "No broken requirements found" in installation.run("pip", "check").stdout


def test_every_format_and_channel_it_announces_is_there(installation: Installation) -> None:
    loaded = installation.python(
        "from importlib.metadata import entry_points as announced\n"
        "for group in ('gateway.formats', 'gateway.channels'):\n"
        "    for entry in announced(group=group):\n"
        "        entry.load()\n"
        "        print(group, entry.name)\n"
    ).splitlines()
    assert {line.split()[1] for line in loaded} >= {"ubl", "peppol-bis-3", "fatturapa", "peppol", "sdi", "mail", "post"}


def test_the_command_line_answers(installation: Installation) -> None:
    answer = installation.gateway("--help")
    assert answer.returncode == 0, answer.stderr
    assert "check" in answer.stdout
