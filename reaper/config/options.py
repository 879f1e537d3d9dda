"""Every setting: its name, type, default and meaning. The sample and docs/settings.md are made from this."""

from __future__ import annotations

from typing import Any

from oslo_config import cfg

from reaper.config import types

#: A setting without a default that has to be given.
REQUIRED = ("clouds", "protect")


def _span(name: str, default: str, meaning: str) -> cfg.Opt:
    return cfg.Opt(name, type=types.SpanOption(), default=default, help=meaning)


def _percent(name: str, default: float, meaning: str) -> cfg.Opt:
    return cfg.Opt(name, type=types.Percent(), default=default, help=meaning)


GENERAL = (
    cfg.Opt(
        "policies_dir",
        type=types.FilePath(),
        default="/etc/reaper/policies",
        help="Folder of the policies, *.yaml and *.yml, asked in the order of their file names.",
    ),
    cfg.Opt("clouds", type=types.NamesOption(), help="Entries of clouds.yaml that Reaper looks after. Required."),
    cfg.Opt(
        "protect",
        type=types.NamesOption(),
        help="Projects that are never tenants: names in any case, DOMAIN/NAME or ids, each compared whole. Required. "
        "The service and admin projects, immutable ones and the one of Reaper's own token are protected anyway.",
    ),
    cfg.Opt(
        "letters_dir",
        type=types.FilePath(),
        help="Folder whose letters stand before the shipped ones. Without it, the shipped letters.",
    ),
    cfg.Opt(
        "cloud_title",
        type=types.ProseOption(),
        default="",
        help="What users know the cloud as. Without it, its name in clouds.yaml.",
    ),
    cfg.Opt(
        "support_contact",
        type=types.ProseOption(),
        default="",
        help="Whom users may turn to: an address or a link. Letters and pages show it.",
    ),
    cfg.Opt(
        "home_page",
        type=types.Link(),
        help="The cloud's own page, which people know: letters name it as the way to check them without their links.",
    ),
    cfg.Opt("privacy_page", type=types.Link(), help="What is kept about people, and for how long. Letters name it."),
    cfg.Opt(
        "logo",
        type=types.Link(),
        help="A picture for the head of letters in HTML, shown 40 pixels high. Mail programs fetch it from there, "
        "most only when asked to. Without it, letters fetch nothing.",
    ),
    cfg.Opt("time_zone", type=types.Zone(), default="UTC", help="Zone in which letters and pages tell the time."),
)
DATABASE = (
    cfg.Opt(
        "connection",
        type=types.DatabaseUrl(),
        default="sqlite:////var/lib/reaper/reaper.db",
        secret=True,
        help="Where the ledger lies: sqlite:///, postgresql+psycopg:// or mysql+pymysql://; $ is written $$.",
    ),
)
MAIL = (
    cfg.Opt("host", type=types.Word(), default="localhost", help="The mail server that takes the letters."),
    cfg.PortOpt("port", default=25, min=1, help="Its port."),
    cfg.StrOpt(
        "security",
        choices=("none", "starttls", "tls"),
        default="none",
        help="How the connection is protected. A user name needs starttls or tls, unless the server is this machine.",
    ),
    cfg.Opt("username", type=types.Word(), help="Name to log in with. Without it, no login."),
    cfg.Opt("password_file", type=types.FilePath(), help="File with the password; closed to other users."),
    cfg.Opt("ca_file", type=types.FilePath(), help="Certificates to trust instead of the system's."),
    cfg.Opt(
        "sender",
        type=types.Address(),
        default="reaper@localhost",
        help="Who the letters come from; an address of a domain of yours. The default is what no other machine takes.",
    ),
    cfg.Opt(
        "helo_name",
        type=types.HostName(),
        help="Under which name Reaper greets the mail server (EHLO). Without it this host's fully qualified name, or "
        "where it has none its address in brackets.",
    ),
    cfg.Opt(
        "admins",
        type=types.Addresses(),
        default=[],
        help="Who is told what Reaper cannot tell a tenant's people. Without them, orphans wait for ever.",
    ),
    cfg.Opt(
        "bounces_to",
        type=types.Address(),
        help="Where letters come back to: an address whose +anything is piped into `reaper letter bounce`. "
        "Without it they come back to the sender, and Reaper does not hear of it.",
    ),
    cfg.Opt(
        "lmtp_listen",
        type=types.ServerAddress(),
        help="Where the daemon takes what comes back by LMTP, instead of the command behind an alias: a loopback port "
        "such as 127.0.0.1:2525, or the path of a Unix socket. Without it nothing listens.",
    ),
    cfg.IntOpt("letters_per_connection", min=1, default=100, help="After so many letters a new connection is made."),
    cfg.IntOpt("letters_per_minute", min=0, default=0, help="So many letters a minute at most; 0 is no limit."),
    cfg.IntOpt(
        "letters_per_domain", min=0, default=0, help="So many letters a minute to each domain at most; 0 is no limit."
    ),
    _span("escalate_after", "4h", "When letters have been put off for longer, the admins are told, once."),
    cfg.BoolOpt(
        "daily_digest",
        default=True,
        help="Whether the admins get a summary of each day on which there is something to say, and of each quiet week.",
    ),
    _span("timeout", "30s", "How long the mail server may take for each answer."),
)
WEB = (
    cfg.Opt("listen", type=types.Listen(), default="127.0.0.1:8080", help="Where the renewal page listens."),
    cfg.Opt(
        "public_url",
        type=types.Url(),
        default="http://127.0.0.1:8080",
        help="Under which users reach it: the beginning of every link in a letter.",
    ),
    cfg.Opt(
        "trusted_proxy",
        type=types.Word(),
        help="Address of the reverse proxy before it, whose X-Forwarded-For is believed. Without it, none is.",
    ),
    cfg.Opt(
        "secret_file",
        type=types.FilePath(),
        default="/var/lib/reaper/web.secret",
        help="What signs the links, newest first, one a line. Made on first start, closed to other users.",
    ),
)
API = (
    cfg.BoolOpt("enabled", default=True, help="Whether programs may ask below /v1, with their own Keystone tokens."),
    cfg.Opt(
        "admin_roles",
        type=types.NamesOption(),
        default=["admin"],
        help="Roles that may see and renew everything, with a token for the system or for a protected project.",
    ),
    cfg.Opt(
        "member_roles",
        type=types.NamesOption(),
        default=["admin", "manager", "member", "_member_"],
        help="Roles on a project that may show and renew its lease, and say that its people are away.",
    ),
    cfg.Opt("reader_roles", type=types.NamesOption(), default=["reader"], help="Roles that may only show its lease."),
)
SWEEP = (
    _span("observe_every", "5m", "How often projects and people are read."),
    _span("sweep_every", "1m", "How often due tenants are looked at."),
    _span("deliver_every", "15s", "How often letters are sent."),
    _span(
        "longest_pass",
        "2h",
        "How long one pass may take. One that hangs for longer is left behind in its thread, said in the log and "
        "counted, and the next one begins.",
    ),
    _span("idle_every", "15m", "How often what policies call idle is looked for; never, where none has such rules."),
    _span(
        "leftovers_every",
        "1d",
        "How often whole clouds are listed for what is left of projects that Keystone no longer has.",
    ),
)
LIMITS = (
    cfg.IntOpt(
        "tenants_per_pass",
        min=0,
        default=10,
        help="How many tenants one pass may suspend or begin to reclaim, at most.",
    ),
    _percent("percent_per_pass", 5, "The same in percent of all tenants; the smaller one holds."),
    cfg.IntOpt("tenants_per_day", min=0, default=100, help="The same within 24 hours."),
    _percent("percent_per_day", 100, "The same within 24 hours, in percent; the smaller one holds."),
    cfg.IntOpt(
        "idle_per_look",
        min=0,
        default=50,
        help="How many single things one look may give back by idle rules; the rest waits for the next look.",
    ),
    _percent("shrink_percent", 20, "By how much the projects of a cloud may shrink between two censuses."),
    _span("census_age", "1d", "A cloud that was not read completely for longer is left alone."),
    _span("longest_gap", "3d", "After a longer time without a sweep all warnings start afresh."),
    _span("silence", "1d", "When letters wait unsent for longer, nothing is taken any more."),
    cfg.IntOpt("workers", min=1, max=256, default=16, help="How many requests to a cloud are under way at once."),
    _span("timeout", "60s", "How long a cloud may take for an answer."),
)
COORDINATION = (
    cfg.Opt(
        "backend_url",
        type=types.Word(),
        secret=True,
        help="For a tooz URL, such as etcd3+http://host:2379, over which several daemons will share out the work. "
        "Not used yet: several daemons on one database disturb nobody, but each of them does all of it.",
    ),
)
LOGS = (
    cfg.StrOpt("format", choices=("text", "json"), default="text", help="How a line of the log is written."),
    cfg.StrOpt(
        "level", choices=("debug", "info", "warning", "error"), default="info", help="The least that is logged."
    ),
)

GROUPS: tuple[tuple[str, tuple[cfg.Opt, ...]], ...] = (
    ("DEFAULT", GENERAL),
    ("database", DATABASE),
    ("mail", MAIL),
    ("web", WEB),
    ("api", API),
    ("sweep", SWEEP),
    ("limits", LIMITS),
    ("coordination", COORDINATION),
    ("logs", LOGS),
)


def list_opts() -> list[tuple[str, list[Any]]]:
    """Return all options by group, as oslo-config-generator and oslo-config-validator ask for them."""
    return [(group, list(options)) for group, options in GROUPS]
