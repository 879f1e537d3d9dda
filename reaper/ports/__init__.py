"""What the verbs ask of the outside world: cloud, ledger, outbox, mail and clock, as narrow protocols."""

from reaper.ports.archives import ArchiveKeeper, ArchiveReader, Archives
from reaper.ports.callers import Callers
from reaper.ports.cloud import Clock, Cloud, CloudReader
from reaper.ports.idle import IdleThings
from reaper.ports.ledger import Journal, JournalStep, Ledger
from reaper.ports.mail import Message, Outbox, Postman, Renderer, Sent

__all__ = [
    "ArchiveKeeper",
    "ArchiveReader",
    "Archives",
    "Callers",
    "Clock",
    "Cloud",
    "CloudReader",
    "IdleThings",
    "Journal",
    "JournalStep",
    "Ledger",
    "Message",
    "Outbox",
    "Postman",
    "Renderer",
    "Sent",
]
