"""What each service answers when something cannot go just now, as told from a lack of rights: one table.

Most services say 409 or 400. Some say 403 for both, and only their words tell the two apart: a missing right names the
policy's rule. A refusal counts as one of writing calls alone: a list that is forbidden is never "in use".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

#: Conflict, bad request (Cinder's word for a conflict), failed precondition (Neutron's revision), locked.
EVERYWHERE = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.LOCKED})


@dataclass(frozen=True)
class Saying:
    """A status that one service uses for "not now", with the words that mean something else all the same."""

    status: int
    unless: re.Pattern[str] | None = None
    only: re.Pattern[str] | None = None

    def fits(self, status: int, words: str) -> bool:
        """Whether an answer is such a refusal."""
        if status != self.status or (self.unless and self.unless.search(words)):
            return False
        return self.only is None or self.only.search(words) is not None


#: oslo.policy's sentence and its services' own (manila/exception.py PolicyNotAuthorized, NotAuthorized).
_POLICY = re.compile(r"policy|not authorized|disallowed|not permitted|admin privileges", re.IGNORECASE)

SAYINGS: Mapping[str, tuple[Saying, ...]] = {
    # InvalidShare, for a wrong state, snapshots, backups, group snapshots: manila/api/v2/shares.py and
    # share/api.py delete, Manila 23.
    "shared-file-system": (Saying(HTTPStatus.FORBIDDEN, unless=_POLICY),),
    # NotSupportedOperation: a backup driver that cannot delete by force (cinder/backup/api.py delete, Cinder 29).
    "block-storage": (Saying(HTTPStatus.METHOD_NOT_ALLOWED),),
    # Protected images (glance/api/v2/images.py delete, Glance 33) and the last copy in a store.
    "image": (Saying(HTTPStatus.FORBIDDEN, only=re.compile(r"is protected|only store", re.IGNORECASE)),),
    # ForbiddenNotSecurity and ResourceDeleteForbidden: open projects below it, not a leaf, immutable; a missing right
    # names its action (keystone/resource/core.py, exception.py, Keystone 30).
    "identity": (Saying(HTTPStatus.FORBIDDEN, unless=re.compile(r"requested action: identity:")),),
}


def is_refusal(service: str, method: str, status: int, words: str) -> bool:
    """Tell whether an answer of 400 or above means that this one thing cannot be done now."""
    if status in EVERYWHERE:
        return True
    return method not in ("GET", "HEAD") and any(one.fits(status, words) for one in SAYINGS.get(service, ()))
