"""What the operator has said, as the verbs and the mail take it."""

from __future__ import annotations

from collections.abc import Sequence

from reaper.config import Settings
from reaper.deliver import Manners
from reaper.gates import Limits
from reaper.mail import Security, SmtpPostman, SmtpServer
from reaper.ports import Clock


def limits_of(settings: Settings) -> Limits:
    """Say how much may be taken or go wrong."""
    said = settings.limits
    return Limits(
        said.tenants_per_pass,
        said.percent_per_pass,
        said.tenants_per_day,
        said.percent_per_day,
        said.shrink_percent,
        said.longest_gap,
        said.silence,
        said.census_age,
    )


def postman_of(settings: Settings, clock: Clock) -> SmtpPostman:
    """Make the connection to the mail server; nothing is opened before it is entered."""
    mail = settings.mail
    server = SmtpServer(
        host=mail.host,
        port=mail.port,
        security=Security(mail.security),
        username=mail.username,
        password_file=mail.password_file,
        ca_file=mail.ca_file,
        timeout=mail.timeout.total_seconds(),
        letters_per_connection=mail.letters_per_connection,
    )
    return SmtpPostman(server, mail.sender, clock)


def manners_of(settings: Settings, languages: Sequence[str]) -> Manners:
    """Say how letters are written and to whom those for admins go; `languages` are those with a warning."""
    return Manners(
        admins=settings.mail.admins,
        cloud_titles={name: settings.cloud_title or name for name in settings.clouds},
        zone=settings.time_zone,
        support=settings.support_contact or None,
        languages=languages,
    )
