"""The settings of one installation: the only place that reads the environment.

Every setting may stand in a TOML file (`GATEWAY_SETTINGS`, or `gateway.toml` in the working folder) or in the
environment, which wins: `GATEWAY_API__PORT=8080` sets `port` in the table `[api]`. `DATABASE_URL` is read without
prefix, as everywhere. docs/reference/settings.md lists them all; a test holds the two together.
"""

import datetime
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from gateway.errors import SettingWrong
from gateway.surroundings import DATA, SETTINGS_FILE, USUAL_FILE

_SECONDS = datetime.timedelta(seconds=1)

Port = Annotated[int, Field(ge=0, le=65_535)]
Count = Annotated[int, Field(ge=1)]
Span = Annotated[float, Field(gt=0, allow_inf_nan=False)]  # in seconds


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ApiSettings(_Table):
    """The submit API and the desk."""

    host: str = Field("127.0.0.1", description="Address to listen on; put a proxy with TLS in front of it.")
    port: Port = Field(8080, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field("", description="How browsers and senders reach it, for links in answers.")
    max_body: Count = Field(100_000_000, description="Largest body of a submission, in bytes.")
    secure_cookies: bool = Field(True, description="Desk cookies only over TLS. Switch off on loopback alone.")


class SftpSettings(_Table):
    """The SFTP door."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Port = Field(8022, description="Port to listen on; 0 takes a free one.")
    max_file: Count = Field(100_000_000, description="Largest file, in bytes.")
    max_files: Count = Field(100_000, description="Most files in one sender's folders, answers included.")
    max_bytes: Count = Field(1_000_000_000, description="Most bytes in one sender's folders.")
    sessions: Count = Field(200, description="Most sessions at once, of all senders.")
    sessions_per_account: Count = Field(60, description="Most sessions at once of one account.")
    logins_per_minute: Count = Field(240, description="Most login attempts a minute from one address.")
    idle: Span = Field(300.0, description="Seconds without a packet after which a session is closed.")


class NoticesSettings(_Table):
    """The TLS door at which SDI delivers its notices (TrasmissioneFatture); closed where `port` is not set."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Port | None = Field(None, description="Port to listen on; 0 takes a free one; unset: no such door.")
    certificate_file: Path | None = Field(None, description="Server certificate chain, PEM.")
    key_file: Path | None = Field(None, description="Its private key, PEM.")
    client_ca_file: Path | None = Field(None, description="The CA that signs SDI's client certificate, PEM.")
    client_name: str = Field("", description="Common name in SDI's client certificate: its CA signs others as well.")

    @model_validator(mode="after")
    def _is_never_open_to_everybody(self) -> "NoticesSettings":
        needed = {"certificate_file", "key_file", "client_ca_file", "client_name"}
        missing = sorted(name for name in needed if not getattr(self, name))
        if self.port is not None and missing:
            raise ValueError(f"with `port` set, {' and '.join(missing)} must be set as well")
        return self


class SigningSettings(_Table):
    """The certificate that signs FatturaPA."""

    certificate_file: Path | None = Field(None, description="Certificate (and chain), PEM, or a PKCS#12 file.")
    key_file: Path | None = Field(None, description="Private key, PEM; unset where the PKCS#12 file holds it.")
    password_file: Path | None = Field(None, description="File with the password of the key.")


class JudgesSettings(_Table):
    """The official rule sets that an operator has installed."""

    folder: Path | None = Field(None, description="Folder in which they lie; unset: `judges` in `data`.")


class WorkSettings(_Table):
    """How the worker works."""

    concurrency: Count = Field(4, description="Jobs at once in one worker process.")
    batch: Count = Field(50, description="Documents of one job.")
    lease: Span = Field(300.0, description="Seconds after which the work of a dead worker is taken over.")
    tick: Span = Field(1.0, description="Seconds between two looks at what is due.")
    collect_every: Span = Field(30.0, description="Seconds between two questions to a channel about one delivery.")
    retry_first: Span = Field(10.0, description="Seconds before the second attempt; doubles with each attempt.")
    retry_longest: Span = Field(3600.0, description="Longest wait between two attempts, in seconds.")
    retry_attempts: Count = Field(12, description="Attempts before a person has to look.")
    breaker_threshold: Count = Field(5, description="Failures in a row after which a destination rests.")
    breaker_rest: Span = Field(30.0, description="Seconds that it rests.")
    quiet_mail: Span = Field(
        5 * 86_400.0, description="Seconds without a returned mail after which it counts as delivered, unconfirmed."
    )
    quiet_post: Span = Field(
        14 * 86_400.0, description="Seconds without a returned letter after which it counts as delivered, unconfirmed."
    )
    late_notice: Span = Field(86_400.0, description="Seconds after which a missing confirmation is called late.")


class LimitSettings(_Table):
    """What one file may be at most."""

    file: Count = Field(100_000_000, description="Bytes of a file of any format.")
    invoices: Count = Field(20_000, description="Invoices in one file.")


class ChannelTable(Mapping[str, object]):
    """The settings of one channel as they were given. Shown, written or dumped it tells names: a value may be a secret.

    Only the channel knows which of its settings are secrets, and it reads them later (`channels.settings`).
    """

    __slots__ = ("_given",)

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = {
            name: ChannelTable(value) if isinstance(value, Mapping) else value for name, value in given.items()
        }

    def __getitem__(self, name: str) -> object:
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def __repr__(self) -> str:
        return f"ChannelTable({', '.join(f'{name}=...' for name in self)})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """How pydantic reads a table of the settings, and how it writes one: as its names."""
        return core_schema.no_info_after_validator_function(
            cls, handler(dict[str, object]), serialization=core_schema.to_string_ser_schema()
        )


class Settings(BaseSettings):
    """All settings of an installation; frozen once read."""

    model_config = SettingsConfigDict(
        env_prefix="GATEWAY_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        toml_file=USUAL_FILE,
    )

    data: Path = Field(Path(DATA), description="Folder for everything this installation keeps itself.")
    database_url: SecretStr | None = Field(
        None, validation_alias="DATABASE_URL", description="PostgreSQL >= 14; unset: an embedded server in `data`."
    )
    archive_url: str = Field("", description="Where documents lie: `s3://bucket/prefix`; unset: a folder in `data`.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is said.")
    api: ApiSettings = Field(default_factory=ApiSettings, description="The submit API and the desk.")
    sftp: SftpSettings = Field(default_factory=SftpSettings, description="The SFTP door.")
    notices: NoticesSettings = Field(default_factory=NoticesSettings, description="The door for SDI's notices.")
    signing: SigningSettings = Field(default_factory=SigningSettings, description="The signing certificate.")
    judges: JudgesSettings = Field(
        default_factory=JudgesSettings, description="The official rule sets that an operator has installed."
    )
    work: WorkSettings = Field(default_factory=WorkSettings, description="How the worker works.")
    limits: LimitSettings = Field(default_factory=LimitSettings, description="What one file may be at most.")
    channels: dict[str, ChannelTable] = Field(
        default_factory=dict, description="One table a channel, with the settings that the channel documents."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's; we read no .env
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What was passed wins over the environment, which wins over the file."""
        file = TomlConfigSettingsSource(settings_cls, Path(os.environ.get(SETTINGS_FILE, USUAL_FILE)))
        return init_settings, env_settings, file


def read_settings() -> Settings:
    """The settings of this installation. Raises SettingWrong with everything that is wrong in them."""
    file = os.environ.get(SETTINGS_FILE)
    if file and not Path(file).is_file():
        raise SettingWrong(SETTINGS_FILE, f"there is no file {file}")
    try:
        return Settings()
    except ValidationError as error:
        # Names and reasons, never what was given: it may be a secret.
        faults = [(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors(include_input=False)]
        problem = "; ".join([faults[0][1], *(f"{name}: {message}" for name, message in faults[1:])])
        raise SettingWrong(faults[0][0], problem) from None
    except (SettingsError, tomllib.TOMLDecodeError, OSError) as error:
        raise SettingWrong(file or USUAL_FILE, str(error)) from None


def seconds(value: float) -> datetime.timedelta:
    """A setting in seconds as a span of time."""
    return value * _SECONDS
