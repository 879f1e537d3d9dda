"""What in right settings and policies their author may not expect: for people to read, nothing stops for it."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr

from reaper.config.settings import Settings
from reaper.config.types import is_local
from reaper.model import Enforce
from reaper.policy import Policy, remarks

_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def policy_remarks(settings: Settings, policy: Policy) -> tuple[str, ...]:
    """Say it of one policy, a sentence each."""
    strange = sorted(set(policy.match.clouds or ()) - set(settings.clouds))
    never = "is not among DEFAULT.clouds, so nothing matches there"
    return (*(f"{policy.name}: match.clouds: {cloud!r} {never}" for cloud in strange), *remarks(policy))


def settings_remarks(settings: Settings, policies: Sequence[Policy]) -> tuple[str, ...]:
    """Say it of the settings, as far as these policies make it matter."""
    if not any(policy.enforce.reaches(Enforce.NOTIFY) for policy in policies):
        return ()
    said = (
        (
            settings.coordination.backend_url is not None,
            "coordination.backend_url: is not used yet; each daemon does all the work",
        ),
        (not settings.support_contact, "support_contact: is empty, so letters name nobody whom people could ask"),
        (not settings.mail.admins, "mail.admins: is empty, so tenants whose people cannot be reached wait for ever"),
        (
            is_local(parseaddr(settings.mail.sender)[1].rpartition("@")[2]),
            "mail.sender: no mail server takes such a sender",
        ),
        (
            any(f"//{name}" in settings.web.public_url for name in _LOCAL),
            "web.public_url: the links in letters lead to this machine, where only its own users can follow them",
        ),
    )
    return tuple(sentence for holds, sentence in said if holds)
