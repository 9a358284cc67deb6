"""The whole twin in one object: builds the parties, starts and stops them, and says where they are.

with Twin() as twin:
    twin.directory.register("0088:7300010000001")
    ...
    twin.advance(3600)
"""

import secrets
import shutil
import tempfile
from pathlib import Path
from types import TracebackType

import paramiko
from cryptography import x509

from simulators.access_point import AccessPoint
from simulators.clock import Agenda, Clock
from simulators.control import Control
from simulators.directory import Directory
from simulators.drop_folder import DropFolder, Login
from simulators.invoice_file import Examiner, Schemas
from simulators.listener import LOOPBACK, Listener
from simulators.mail import MailRelay
from simulators.outbound import Books
from simulators.pace import Pace, read_pace
from simulators.pki import PKCS12_PASSWORD, Pki, make_pki, server_context
from simulators.print_house import PrintHouse
from simulators.script import Script
from simulators.sdi import PATH, Sdi
from simulators.sdi_books import SdiBooks
from simulators.sdi_courier import Courier, Endpoint
from simulators.sdi_notices import Writer
from simulators.seen import Ledger
from simulators.signature import TrustedList
from simulators.world import World

PATIENCE = 10.0
"""Real seconds that `advance` waits for what became due."""


class Twin:
    """`work`: a folder for keys and what was received; without one a temporary folder, gone when the twin stops.

    `fatturapa_schemas`: a folder with the official XSDs, for SDI's control 00200. `pki`: keys that were made before,
    which spares a test a third of a second.
    """

    def __init__(
        self,
        work: Path | None = None,
        *,
        pace: Pace | str = "demo",
        fatturapa_schemas: Path | None = None,
        pki: Pki | None = None,
    ) -> None:
        chosen = read_pace(pace) if isinstance(pace, str) else pace
        schemas = Schemas(fatturapa_schemas)
        self._temporary = work is None
        self.work = work or Path(tempfile.mkdtemp(prefix="network-twin-"))
        self.clock = Clock()
        self.script = Script(self.clock)
        self.directory = Directory()
        self.ledger = Ledger(self.work / "seen")
        self._agenda = Agenda(self.clock)
        self._world = World(self.clock, self._agenda, self.script, self.ledger, chosen)
        self.pki = pki or make_pki(self.work / "keys", self.clock.now())
        self.courier = Courier(self._world, self.pki)
        self.token, self.smtp_password, self.sftp_password = (secrets.token_urlsafe(24) for _ in range(3))
        tls = server_context(self.pki.server)
        books = Books(self._world, self.directory, self.pki.receiving_ap.load_certificate())
        self.access_point = Listener("ap", AccessPoint(self._world, books, self.token).answer, tls)
        self.sdi = self._build_sdi(schemas)
        self.smtp = MailRelay(self._world, tls, "gateway", self.smtp_password)
        self.print_house = self._build_print_house()
        control = Control(self.clock, self.advance, self.script, self.ledger, self.directory, self.courier)
        self.control = Listener("control", control.answer)

    def _build_sdi(self, schemas: Schemas) -> Listener:
        trusted = TrustedList((x509.load_pem_x509_certificate(self.pki.trusted_list.read_bytes()),))
        examiner = Examiner(trusted, schemas)
        books = SdiBooks(self._world, examiner, Writer(self.pki.sdi_signer), self.courier)
        mutual_tls = server_context(self.pki.server, client_ca=self.pki.tls_ca)
        return Listener("sdi", Sdi(self._world, examiner, books).answer, mutual_tls)

    def _build_print_house(self) -> DropFolder:
        root = self.work / "print"
        house = PrintHouse(self._world, root, self.work / "printed")
        key = paramiko.Ed25519Key(filename=str(self.pki.ssh_client_key))
        return DropFolder(root, self.pki.ssh_host_key, Login("gateway", self.sftp_password, key), house)

    def start(self) -> None:
        self._agenda.start()
        self.courier.start()
        self.smtp.start()
        for party in (self.access_point, self.sdi, self.print_house, self.control):
            party.start()

    def stop(self) -> None:
        """Let go of everybody who hangs, close every connection, end every thread; no process and no file is left."""
        self.script.clear()
        for party in (self.control, self.access_point, self.sdi, self.print_house, self.smtp):
            party.stop()
        self._agenda.stop()
        self.courier.stop()
        if self._temporary:
            shutil.rmtree(self.work, ignore_errors=True)

    def __enter__(self) -> "Twin":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def advance(self, seconds: float) -> bool:
        """Move the clock and wait until all that became due is done; False when something of it still runs."""
        self.clock.advance(seconds)
        return self._agenda.settle(PATIENCE)

    def notify(self, endpoint: Endpoint | None) -> None:
        """Where SDI delivers its notices from now on; those that wait for an endpoint go there."""
        self.courier.endpoint = endpoint

    def ready(self) -> dict[str, object]:
        """Addresses, throw-away credentials and certificates of all parties, for the file of `--ready`."""
        ca = str(self.pki.tls_ca)
        return {
            "version": 1,
            "work": str(self.work),
            "control": {"url": self.control.url},
            "ca": ca,
            "access_point": {
                "url": self.access_point.url,
                "token": self.token,
                "ca": ca,
                "apis": ["phoss-ap", "phase4-peppol-standalone"],
            },
            "sdi": self._reach_sdi(),
            "smtp": {
                "host": LOOPBACK,
                "port": self.smtp.port,
                "security": "starttls",
                "username": "gateway",
                "password": self.smtp_password,
                "ca": ca,
            },
            "print": {
                "host": LOOPBACK,
                "port": self.print_house.port,
                "username": "gateway",
                "password": self.sftp_password,
                "client_key": str(self.pki.ssh_client_key),
                "host_key": self.print_house.host_key_line,
                "drop": "/in",
                "status": "/out",
            },
            "signing": self._sign_with(),
        }

    def _reach_sdi(self) -> dict[str, object]:
        """For the client of RiceviFile, and for the gateway's own endpoint of TrasmissioneFatture."""
        pki, endpoint = self.pki, self.courier.endpoint
        return {
            "url": f"{self.sdi.url}/{PATH}",
            "ca": str(pki.tls_ca),
            "client_certificate": str(pki.gateway_client.certificate),
            "client_key": str(pki.gateway_client.key),
            "notices": {
                "endpoint": endpoint.url if endpoint else None,
                "server_certificate": str(pki.gateway_server.certificate),
                "server_key": str(pki.gateway_server.key),
                "client_ca": str(pki.tls_ca),
                "client_common_name": "sdi",
                "signer_certificate": str(pki.sdi_signer.certificate),
            },
        }

    def _sign_with(self) -> dict[str, object]:
        pki = self.pki
        return {
            "certificate": str(pki.signer.certificate),
            "key": str(pki.signer.key),
            "pkcs12": str(pki.signer_pkcs12),
            "pkcs12_password": PKCS12_PASSWORD,
            "expired_certificate": str(pki.expired_signer.certificate),
            "expired_key": str(pki.expired_signer.key),
            "trusted_list": str(pki.trusted_list),
        }
