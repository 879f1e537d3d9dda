"""What a mail server says when a letter comes back, in whatever form it says it."""

from reaper.letters.bounces.bounce import Bounce, Failure, Reading
from reaper.letters.bounces.reader import LONGEST, read_bounce

__all__ = ["LONGEST", "Bounce", "Failure", "Reading", "read_bounce"]
