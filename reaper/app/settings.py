"""What the operator has said, as the verbs and the mail take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from email.utils import parseaddr

from reaper.config import Settings, secrets_of
from reaper.deliver import Manners, SendingRate
from reaper.gates import Limits
from reaper.letters import Imprint, is_address
from reaper.letters.verp import ReturnAddress
from reaper.mail import Security, SmtpPostman, SmtpServer
from reaper.ports import Clock


def limits_of(settings: Settings) -> Limits:
    """Say how much may be taken or go wrong."""
    said = settings.limits
    return Limits(**{limit.name: getattr(said, limit.name) for limit in fields(Limits)})


def server_of(settings: Settings) -> SmtpServer:
    """Say how the mail server is reached and greeted."""
    mail = settings.mail
    return SmtpServer(
        host=mail.host,
        port=mail.port,
        security=Security(mail.security),
        username=mail.username,
        password_file=mail.password_file,
        ca_file=mail.ca_file,
        timeout=mail.timeout.total_seconds(),
        letters_per_connection=mail.letters_per_connection,
        ehlo_name=mail.helo_name,
    )


def postman_of(settings: Settings, clock: Clock) -> SmtpPostman:
    """Make the connection to the mail server; nothing is opened before it is entered."""
    returns = returns_of(settings)
    return SmtpPostman(server_of(settings), settings.mail.sender, clock, returns.sender_of if returns else None)


def returns_of(settings: Settings) -> ReturnAddress | None:
    """Make the addresses that letters come back to; None where the operator has set none aside for that."""
    mail = settings.mail
    return ReturnAddress(parseaddr(mail.bounces_to)[1], secrets_of(settings)) if mail.bounces_to else None


def pace_of(settings: Settings) -> SendingRate:
    """Say how fast letters may go."""
    return SendingRate(settings.mail.letters_per_minute, settings.mail.letters_per_domain)


def imprint_of(settings: Settings) -> Imprint:
    """Say what letters tell of those who send them."""
    return Imprint(
        settings.support_contact or None, settings.home_page, settings.privacy_page, settings.logo, settings.api.enabled
    )


def manners_of(settings: Settings, languages: Sequence[str], pace: SendingRate) -> Manners:
    """Say how letters are written and to whom those for admins go; `languages` are those with a warning."""
    asked = settings.support_contact
    return Manners(
        admins=settings.mail.admins,
        cloud_titles={name: settings.cloud_title or name for name in settings.clouds},
        zone=settings.time_zone,
        imprint=imprint_of(settings),
        languages=languages,
        pace=pace,
        unsubscribe=asked if is_address(asked) else parseaddr(settings.mail.sender)[1],
    )
