"""From configuration files and environment to one frozen value; nothing else sees oslo.config."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from oslo_config import cfg

from reaper.config import settings as ours
from reaper.config.files import STANDARD, Line, complaints, files_of, lines_of, lines_of_environment
from reaper.config.options import GROUPS
from reaper.config.settings import Settings
from reaper.config.types import FilePath, is_local
from reaper.errors import Unusable

_SECTIONS: Mapping[str, Any] = {
    "database": ours.DatabaseSettings,
    "mail": ours.MailSettings,
    "web": ours.WebSettings,
    "api": ours.ApiSettings,
    "sweep": ours.SweepSettings,
    "limits": ours.LimitSettings,
    "coordination": ours.CoordinationSettings,
    "logs": ours.LogSettings,
}
_HERE = ("localhost", "127.0.0.1", "::1")
_FORBIDDEN = stat.S_IRWXO


def load(config_files: Sequence[str] | None = None) -> Settings:
    """Read the settings of these files (the standard one without any) and of the environment, which stands above them.

    Beside each file the `*.conf` of the folder FILE.d are read too. Relative paths start at the first file's folder.

    Raises:
        Unusable: a line for each thing that is wrong, with its place and what would be right.
    """
    files = files_of(config_files)
    lines = [line for file in files for line in lines_of(file)]
    lines += lines_of_environment(os.environ)
    wrong = list(complaints(lines))
    if wrong:
        raise Unusable("\n".join(wrong))
    base = files[0].parent if files else Path.cwd()
    settings = _settings(_values(files, base), files)
    if any(line.key == "mail.sender" for line in lines):
        settings = replace(settings, mail=replace(settings.mail, sender_given=True))
    wrong = [f"{_place(key, lines, files)}: {key}: {sentence}" for key, sentence in _contradictions(settings)]
    if wrong:
        raise Unusable("\n".join(wrong))
    return settings


def _values(files: Sequence[Path], base: Path) -> dict[str, dict[str, Any]]:
    conf = cfg.ConfigOpts()
    for group, options in GROUPS:
        conf.register_opts(options, group=None if group == "DEFAULT" else group)
    try:
        conf(
            args=[], project="reaper", prog="reaper", default_config_files=list(map(str, files)), default_config_dirs=[]
        )
        return {
            group: {o.dest: _value(o, (conf if group == "DEFAULT" else conf[group])[o.dest], base) for o in options}
            for group, options in GROUPS
        }
    except (cfg.Error, ValueError, OSError) as error:  # a file that changed since it was checked
        raise Unusable(f"the settings cannot be read: {error}") from error


def _value(option: Any, value: Any, base: Path) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(option.type, FilePath) and value is not None:
        return Path(os.path.normpath(base / Path(value).expanduser()))
    return value


def _settings(values: Mapping[str, Mapping[str, Any]], files: tuple[Path, ...]) -> Settings:
    sections = {name: section(**values[name]) for name, section in _SECTIONS.items()}
    base = files[0].parent if files else Path.cwd()
    sections["database"] = ours.DatabaseSettings(_anchored(values["database"]["connection"], base))
    general = {**values["DEFAULT"], "clouds": values["DEFAULT"]["clouds"] or ()}
    return Settings(**{**general, "protect": general["protect"] or ()}, **sections, sources=files)


def _anchored(connection: str, base: Path) -> str:
    """Let a relative SQLite file start at the same folder as all paths, not at wherever the daemon was started."""
    found = re.fullmatch(r"(sqlite:///)(?!/|:memory:|file:)(.+)", connection)
    return f"{found[1]}{base / found[2]}" if found else connection


def _contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """Say what is missing or does not go together, by setting."""
    if not settings.clouds:
        yield "DEFAULT.clouds", "is missing; name the entries of clouds.yaml that Reaper looks after"
    if not settings.protect:
        yield "DEFAULT.protect", "is missing; name the projects that are never tenants, such as admin, service"
    if settings.letters_dir is not None and not settings.letters_dir.is_dir():
        yield "DEFAULT.letters_dir", f"{settings.letters_dir} is no folder; leave the line out for the shipped letters"
    yield from _mail_contradictions(settings)


def _mail_contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    mail = settings.mail
    trouble = sender_trouble(mail)
    if trouble and mail.sender != ours.MailSettings.sender:  # the sample with every default is told at start
        yield "mail.sender", trouble
    if (mail.username is None) != (mail.password_file is None):
        yield "mail.username", "and mail.password_file belong together; give both or neither"
    if mail.lmtp_listen is not None and mail.bounces_to is None:
        yield "mail.lmtp_listen", "takes what comes back to mail.bounces_to; give that too"
    if mail.username is not None and mail.security == "none" and mail.host not in _HERE:
        yield "mail.security", "none would show the password to the network; write starttls or tls"
    if mail.ca_file is not None and not mail.ca_file.is_file():
        yield "mail.ca_file", f"{mail.ca_file} is no file; leave the line out for the system's certificates"
    if mail.password_file is not None:
        trouble = closed_file(mail.password_file)
        if trouble:
            yield "mail.password_file", trouble


def sender_trouble(mail: ours.MailSettings) -> str | None:
    """Say that mail servers refuse the sender; where none was given, only a server on this machine may take it."""
    address = parseaddr(mail.sender)[1]
    if is_local(address.rpartition("@")[2]) and (mail.sender_given or mail.host not in _HERE):
        return f"mail servers refuse {address!r} as a sender; write an address of a domain of yours"
    return None


def closed_file(file: Path) -> str | None:
    """Say what stands against keeping a secret in this file, or None."""
    try:
        mode = file.stat().st_mode
    except PermissionError:
        return None  # whoever runs this command may not look; the daemon will read it
    except OSError as error:
        return f"{file}: {error.strerror or error}; name a file that exists"
    if not stat.S_ISREG(mode):
        return f"{file} is not a file"
    return f"{file} is open to every user of this machine; chmod 600 it" if mode & _FORBIDDEN else None


def _place(key: str, lines: Sequence[Line], files: Sequence[Path]) -> str:
    """Find where a setting was given, or where it should be."""
    given = [line.place for line in lines if line.key == key]
    return given[-1] if given else str(files[0] if files else STANDARD)
