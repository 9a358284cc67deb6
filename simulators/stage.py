"""The stage of `make demo` and `make run`: the network twin, the gateway as anybody would start it, and its accounts.

Everything happens through the gateway's own doors: the command line, SFTP, the API. Nothing is imported from it.
"""

import base64
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import paramiko

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
SECONDS_TO_START = 90
_PERSON = "support@gateway.example"
# What the far ends must know for the examples (examples/erp/README.md).
PARTICIPANTS = ("0007:5599990024", "0007:5599990032", "0106:99999001", "0208:0999990024")
REJECTED_BY_SDI = {"behaviour": "reject", "match": {"number": "2026/79"}, "code": "00311"}


class DidNotStart(Exception):
    """Something of the stage did not start; the message says what and shows the end of its log."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who may come in: made for this stage, told once."""

    api_key: str = field(repr=False)
    sftp_user: str
    sftp_key: Path
    desk_user: str
    desk_password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """What stands: the twin's and the gateway's addresses, and the accounts."""

    folder: Path
    twin: Mapping[str, object]
    gateway: Mapping[str, object]
    accounts: Accounts

    @property
    def api(self) -> str:
        """Where the API is."""
        return str(self.gateway["api"])


@contextmanager
def stage(folder: Path, *, workers: int = 1, participants: Sequence[str] = PARTICIPANTS) -> Iterator[Stage]:
    """Start everything in a folder, for as long as the block runs; all that was started is stopped.

    participants: who is registered on the twin's Peppol network
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    surroundings = dict(os.environ)
    with twin_process(folder, participants) as twin:
        settings = folder / "gateway.toml"
        settings.write_text(settings_for(folder, twin), encoding="utf-8")
        settings.chmod(0o600)
        surroundings["GATEWAY_SETTINGS"] = str(settings)
        with _started(folder, "gateway", [_gateway(), "up", "--workers", str(workers)], surroundings) as gateway:
            _tell_sdi(twin, gateway)
            yield Stage(folder, twin, gateway, _accounts(folder, surroundings))


def _gateway() -> str:
    """The gateway of this environment, or of the one that is under test."""
    under_test = os.environ.get("GATEWAY_UNDER_TEST")
    return str(Path(under_test, "bin", "gateway") if under_test else Path(sys.executable).with_name("gateway"))


@contextmanager
def twin_process(folder: Path, participants: Sequence[str] = PARTICIPANTS) -> Iterator[Mapping[str, object]]:
    """The network twin as a process of its own: the ready file that it wrote."""
    registered, script = folder / "participants.json", folder / "script.json"
    registered.write_text(json.dumps(dict.fromkeys(participants)), encoding="utf-8")
    script.write_text(json.dumps({"sdi": [REJECTED_BY_SDI]}), encoding="utf-8")
    command = [sys.executable, "-m", "simulators", "--work", str(folder / "twin")]
    command += ["--participants", str(registered), "--script", str(script), "--pace", "demo"]
    with _started(folder, "twin", command, os.environ) as ready:
        yield ready


@contextmanager
def _started(
    folder: Path, name: str, command: Sequence[str], environment: Mapping[str, str]
) -> Iterator[Mapping[str, object]]:
    """A process that writes a file when it is ready; it is told to stop at the end, and waited for."""
    ready, log = folder / f"{name}.json", folder / f"{name}.log"
    ready.unlink(missing_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--ready", str(ready)], cwd=ROOT, env=dict(environment), stdout=output, stderr=output
        )
        try:
            yield _when_ready(process, ready, log, name)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _when_ready(process: subprocess.Popen[bytes], ready: Path, log: Path, name: str) -> Mapping[str, object]:
    until = time.monotonic() + SECONDS_TO_START
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > until:
            end = log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise DidNotStart(f"the {name} did not start; the end of {log}:\n{end}")
        time.sleep(0.05)
    found: Mapping[str, object] = json.loads(ready.read_text(encoding="utf-8"))
    return found


def settings_for(folder: Path, twin: Mapping[str, object]) -> str:
    """The gateway's settings file: every address and key that the twin gave, on free ports."""
    ap, sdi, smtp, house, signing = (
        table_of(twin, name) for name in ("access_point", "sdi", "smtp", "print", "signing")
    )
    notices = table_of(sdi, "notices")
    tables: dict[str, Mapping[str, object]] = {
        "": {"data": str(folder / "data")},
        "api": {"port": 0, "secure_cookies": False},
        "sftp": {"port": 0},
        "notices": {
            "port": 0,
            "certificate_file": notices["server_certificate"],
            "key_file": notices["server_key"],
            "client_ca_file": notices["client_ca"],
            "client_name": notices["client_common_name"],
        },
        "signing": {"certificate_file": signing["certificate"], "key_file": signing["key"]},
        # Quick, because the twin's clock is quick: a mail counts as unreturned after seconds instead of days.
        "work": {"tick": 0.2, "collect_every": 0.5, "quiet_mail": 2, "quiet_post": 2, "retry_first": 1},
        "channels.peppol": {"kind": "phoss-ap", "url": ap["url"], "token": ap["token"], "ca_file": ap["ca"]},
        "channels.sdi": {
            "url": sdi["url"],
            "certificate_file": sdi["client_certificate"],
            "key_file": sdi["client_key"],
            "ca_file": sdi["ca"],
        },
        "channels.mail": {name: smtp[name] for name in ("host", "port", "username", "password")}
        | {"security": smtp["security"], "ca_file": smtp["ca"]},
        "channels.mail.packing": {"from": "Invoices <invoices@gateway.example>"},
        "channels.post": {name: house[name] for name in ("host", "port", "username", "password", "host_key")}
        | {"drop_folder": house["drop"], "status_folder": house["status"]},
    }
    return "\n".join(_toml(name, table) for name, table in tables.items())


def _toml(name: str, table: Mapping[str, object]) -> str:
    head = [f"[{name}]"] if name else []
    return "\n".join([*head, *(f"{key} = {json.dumps(value)}" for key, value in table.items()), ""])


def table_of(twin: Mapping[str, object], name: str) -> Mapping[str, object]:
    """One table of a ready file."""
    found = twin[name]
    if not isinstance(found, dict):
        raise DidNotStart(f"the ready file lacks the table `{name}`")
    return found


def _tell_sdi(twin: Mapping[str, object], gateway: Mapping[str, object]) -> None:
    """SDI learns where our door for its notices is, as it does at accreditation."""
    url = f"{table_of(twin, 'control')['url']}/sdi/endpoint"
    httpx.put(url, json={"url": f"{gateway['notices']}/TrasmissioneFatture"}, timeout=10).raise_for_status()


def _accounts(folder: Path, environment: Mapping[str, str]) -> Accounts:
    """A tenant, a sender, its keys and accounts, a person at the desk, and the rules of the examples."""
    key_file, password = folder / "sftp_key", secrets.token_urlsafe(9)
    if not key_file.exists():
        key = paramiko.RSAKey.generate(3072)
        key.write_private_key_file(str(key_file))
        (folder / "sftp_key.pub").write_text(f"{key.get_name()} {key.get_base64()}\n", encoding="utf-8")

    def gateway(*words: str, typed: str = "") -> str:
        done = subprocess.run(
            [_gateway(), *words],
            cwd=ROOT,
            env=dict(environment),
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DidNotStart(f"gateway {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    known = folder / "accounts.json"
    if known.exists():
        stored = json.loads(known.read_text(encoding="utf-8"))
        return Accounts(**{**stored, "sftp_key": Path(stored["sftp_key"])})
    gateway("tenant", "add", "Demo")
    gateway("sender", "add", "ERP")
    with ThreadPoolExecutor() as together:
        api_key = together.submit(gateway, "key", "add", "demo")
        others = [
            together.submit(gateway, "sftp", "add", "erp-demo", "--public-key", str(folder / "sftp_key.pub")),
            together.submit(
                gateway,
                *("user", "add", _PERSON, "--name", "Sam Muster", "--role", "operator"),
                typed=f"{password}\n{password}\n",
            ),
            together.submit(
                gateway, "rules", "import", str(EXAMPLES / "rules.yaml"), str(EXAMPLES / "recipients.yaml")
            ),
        ]
        for one in others:
            one.result()
    made = Accounts(api_key.result(), "erp-demo", key_file, _PERSON, password)
    stored = {name: str(getattr(made, name)) for name in Accounts.__slots__}
    with os.fdopen(os.open(known, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(stored, file)
    return made


def upload(stage: Stage, files: Sequence[Path]) -> None:
    """Drop files as an ERP does: over SFTP, under a temporary name, then renamed."""
    door = table_of(stage.gateway, "sftp")
    transport = paramiko.Transport((str(door["host"]), int(str(door["port"]))))
    try:
        key = paramiko.RSAKey(filename=str(stage.accounts.sftp_key))
        transport.connect(_host_key(str(door["host_key"])), stage.accounts.sftp_user, pkey=key)
        client = paramiko.SFTPClient.from_transport(transport)
        if client is None:
            raise DidNotStart("the SFTP door opened no channel")
        for file in files:
            client.put(str(file), f"in/{file.name}.part", confirm=False)
            client.rename(f"in/{file.name}.part", f"in/{file.name}")
    finally:
        transport.close()


def _host_key(line: str) -> paramiko.PKey:
    """The door's own key, as its operator tells it to senders: `ssh-ed25519 AAAA...`."""
    name, encoded = line.split()[:2]
    return paramiko.PKey.from_type_string(name, base64.b64decode(encoded))


def submit(stage: Stage, file: Path) -> None:
    """Submit a file as a sender's program does: over the API, with a key that makes a repeat harmless."""
    answer = httpx.post(
        f"{stage.api}/v1/submissions",
        params={"file_name": file.name},
        content=file.read_bytes(),
        headers={"Authorization": f"Bearer {stage.accounts.api_key}", "Idempotency-Key": f"demo-{file.name}"},
        timeout=30,
    )
    answer.raise_for_status()


def proof_of(stage: Stage, document: str) -> str:
    """What proves where a document stands: the last raw answer of the other side, by the hash of its bytes."""
    answer = httpx.get(
        f"{stage.api}/v1/documents/{document}",
        headers={"Authorization": f"Bearer {stage.accounts.api_key}"},
        timeout=30,
    )
    answer.raise_for_status()
    events = [one for one in answer.json()["events"] if one["evidence"] and one["type"].startswith("delivery.")]
    if not events:
        return ""
    last = events[-1]
    reference = last["data"].get("reference") or last["data"].get("code") or ""
    return " ".join(filter(None, (str(reference), f"sha256:{last['evidence'][:12]}")))


def documents(stage: Stage) -> list[dict[str, object]]:
    """Where every document stands, oldest first."""
    answer = httpx.get(
        f"{stage.api}/v1/documents",
        params={"limit": 200},
        headers={"Authorization": f"Bearer {stage.accounts.api_key}"},
        timeout=30,
    )
    answer.raise_for_status()
    found: list[dict[str, object]] = answer.json()["documents"]
    return found[::-1]
