"""All settings as one frozen value, group by group."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from pathlib import Path


@dataclass(frozen=True)
class DatabaseSettings:
    """Where the ledger lies; not shown, it may hold a password."""

    connection: str = field(default="sqlite:////var/lib/reaper/reaper.db", repr=False)


@dataclass(frozen=True)
class MailSettings:
    """The mail server and who writes. `security` is none, starttls or tls."""

    host: str = "localhost"
    port: int = 25
    security: str = "none"
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    sender: str = "reaper@localhost"
    helo_name: str | None = None
    sender_given: bool = field(default=False, compare=False)  # no option: whether a line says who writes
    admins: tuple[str, ...] = ()
    bounces_to: str | None = None
    lmtp_listen: str | None = None
    letters_per_connection: int = 100
    letters_per_minute: int = 0
    letters_per_domain: int = 0
    escalate_after: timedelta = timedelta(hours=4)
    daily_digest: bool = True
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True)
class WebSettings:
    """The pages behind the links; `public_url` has no slash at its end."""

    listen: str = "127.0.0.1:8080"
    public_url: str = "http://127.0.0.1:8080"
    trusted_proxy: str | None = None
    secret_file: Path = Path("/var/lib/reaper/web.secret")

    @property
    def host(self) -> str:
        """The address to listen on, without brackets."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port to listen on; 0 for any that is free."""
        return int(self.listen.rpartition(":")[2])


@dataclass(frozen=True)
class ApiSettings:
    """Who may ask what below /v1."""

    enabled: bool = True
    admin_roles: tuple[str, ...] = ("admin",)
    member_roles: tuple[str, ...] = ("admin", "manager", "member", "_member_")
    reader_roles: tuple[str, ...] = ("reader",)


@dataclass(frozen=True)
class SweepSettings:
    """How often each verb runs."""

    observe_every: timedelta = timedelta(minutes=5)
    sweep_every: timedelta = timedelta(minutes=1)
    deliver_every: timedelta = timedelta(seconds=15)
    longest_pass: timedelta = timedelta(hours=2)
    idle_every: timedelta = timedelta(minutes=15)
    leftovers_every: timedelta = timedelta(days=1)


@dataclass(frozen=True)
class LimitSettings:
    """How much may be taken, go wrong or take long."""

    tenants_per_pass: int = 10
    percent_per_pass: float = 5
    tenants_per_day: int = 100
    percent_per_day: float = 100
    idle_per_look: int = 50
    shrink_percent: float = 20
    census_age: timedelta = timedelta(days=1)
    longest_gap: timedelta = timedelta(days=3)
    silence: timedelta = timedelta(days=1)
    workers: int = 16
    timeout: timedelta = timedelta(seconds=60)


@dataclass(frozen=True)
class CoordinationSettings:
    """What several daemons share out the work over; not shown, it may hold a password."""

    backend_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LogSettings:
    """How and how much is logged."""

    format: str = "text"
    level: str = "info"


@dataclass(frozen=True)
class Settings:
    """What the operator has said. All paths are absolute. `sources` are the files it was read from."""

    clouds: tuple[str, ...]
    protect: tuple[str, ...]
    policies_dir: Path = Path("/etc/reaper/policies")
    letters_dir: Path | None = None
    cloud_title: str = ""
    support_contact: str = ""
    home_page: str | None = None
    privacy_page: str | None = None
    logo: str | None = None
    time_zone: tzinfo = UTC
    database: DatabaseSettings = DatabaseSettings()
    mail: MailSettings = MailSettings()
    web: WebSettings = WebSettings()
    api: ApiSettings = ApiSettings()
    sweep: SweepSettings = SweepSettings()
    limits: LimitSettings = LimitSettings()
    coordination: CoordinationSettings = CoordinationSettings()
    logs: LogSettings = LogSettings()
    sources: tuple[Path, ...] = ()
