"""One tree of errors, cut by what the one who meets them can do."""


class ReaperError(Exception):
    """Anything Reaper says in one clear sentence: what, where, and what would be right."""


class Unusable(ReaperError):  # noqa: N818 - the tree is named by what can be done, not "...Error"
    """A file, a setting or an argument must be put right by a person first; exit code 2."""


class Temporary(ReaperError):  # noqa: N818
    """The other side does not answer as it should just now: a later pass tries again, nothing is concluded."""


class Permanent(ReaperError):  # noqa: N818
    """Trying again will not help: a person has to be told."""


class NoSuchTransition(Permanent):
    """A change that may not follow the state its tenant is in; nothing was written."""


class Refused(ReaperError):  # noqa: N818
    """The other side said no to this one request, for instance because something else must go first."""


class Gone(ReaperError):  # noqa: N818
    """What was asked for does not exist (any more)."""


class Overtaken(ReaperError):  # noqa: N818
    """Somebody else changed the tenant since it was read: whoever wrote first has won, read again."""


class Withheld(ReaperError):  # noqa: N818
    """Judged once more from what is true now, a step is not to be taken: nobody's failure, and nothing was sent."""


class InUse(Refused):
    """Something of another project uses it: it stays, and is told to a person."""
