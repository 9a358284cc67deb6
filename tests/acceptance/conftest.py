"""The installation under test: the built wheel in an environment of its own, made by `make acceptance`.

Nothing of this checkout is imported there: the tests run its programs, as an operator would.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Installation:
    """An environment with the wheel and the runtime lock, and a folder to work in."""

    environment: Path
    folder: Path

    def python(self, code: str) -> str:
        """What this code prints there."""
        return self.run("python", "-I", "-c", code).stdout

    def gateway(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The console script, whatever it answers."""
        return self.run("gateway", *arguments, check=False)

    def run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Any program of the environment, with nothing of ours around it."""
        return subprocess.run(
            [str(self.environment / "bin" / program), *arguments],
            cwd=self.folder,
            env={"PATH": os.defpath, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if not check else None,
            text=True,
            timeout=120,
            check=check,
        )


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """The installation, with an empty working folder."""
    given = os.environ.get("GATEWAY_UNDER_TEST")
    if not given:
        pytest.skip("the built wheel is tested by `make acceptance` (GATEWAY_UNDER_TEST)")
    return Installation(Path(given), tmp_path)


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The one wheel in dist/."""
    if not os.environ.get("GATEWAY_UNDER_TEST"):
        pytest.skip("the built wheel is tested by `make acceptance` (GATEWAY_UNDER_TEST)")
    (built,) = (Path(__file__).parents[2] / "dist").glob("*.whl")
    return built
