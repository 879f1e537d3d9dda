"""The words of the domain as frozen values: tenant, lease, notice, resource, letter."""

from reaper.model.archive import ArchiveImage, ArchiveState, ServerArchive
from reaper.model.caller import Caller
from reaper.model.cloud import Census, Listing, Project, Resource
from reaper.model.idle import Disk, IdleThing
from reaper.model.incident import MailIncident
from reaper.model.judged import Judged, NotKnown
from reaper.model.record import CensusMark, Change, Event, GateInputs, Letter, Queued
from reaper.model.tenant import Hold, Lease, Notice, Person, StoppedServer, Tenant, Terms
from reaper.model.uninspectable import UninspectableService
from reaper.model.words import (
    NOT_DELIVERED,
    Afterwards,
    Archive,
    Enforce,
    EventKind,
    LetterKind,
    LetterState,
    NoticeKind,
    QuarantineCause,
    ReportKind,
    State,
    Unfinished,
)

__all__ = [
    "NOT_DELIVERED",
    "Afterwards",
    "Archive",
    "ArchiveImage",
    "ArchiveState",
    "Caller",
    "Census",
    "CensusMark",
    "Change",
    "Disk",
    "Enforce",
    "Event",
    "EventKind",
    "GateInputs",
    "Hold",
    "IdleThing",
    "Judged",
    "Lease",
    "Letter",
    "LetterKind",
    "LetterState",
    "Listing",
    "MailIncident",
    "NotKnown",
    "Notice",
    "NoticeKind",
    "Person",
    "Project",
    "QuarantineCause",
    "Queued",
    "ReportKind",
    "Resource",
    "ServerArchive",
    "State",
    "StoppedServer",
    "Tenant",
    "Terms",
    "Unfinished",
    "UninspectableService",
]
