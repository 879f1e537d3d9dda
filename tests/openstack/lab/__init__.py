"""The project's own OpenStack: a real control plane on loopback for tests; see README.md."""

from .errors import CannotBoot, LabBroke
from .journal import Request
from .lab import Lab, lab_or_reason

__all__ = ["CannotBoot", "Lab", "LabBroke", "Request", "lab_or_reason"]
