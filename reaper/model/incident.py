"""A time in which the mail server refuses us, and not those whom we write to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: For so long one refusal of some holds everything up, while the server takes letters to others: else whoever runs a
#: mail server could keep a whole cloud from being tidied by refusing us.
LONGEST_FOR_SOME = timedelta(days=14)


@dataclass(frozen=True)
class MailIncident:
    """What the server says, since when, and to whom; no addresses: before anybody was named, so to everybody."""

    began_at: datetime
    said: str
    addresses: tuple[str, ...] = ()
    others_taken_at: datetime | None = None  # when it last took a letter to somebody else

    @property
    def domains(self) -> frozenset[str]:
        """The domains of those whom it was said to."""
        return frozenset(address.rpartition("@")[2] for address in self.addresses)

    def shuts(self, now: datetime) -> bool:
        """Whether destructive work stops for it."""
        return self.others_taken_at is None or now - self.began_at <= LONGEST_FOR_SOME

    def __str__(self) -> str:
        """Render as one sentence."""
        return f"the mail server has been refusing us since {self.began_at:%Y-%m-%d %H:%M} UTC: {self.said}"
