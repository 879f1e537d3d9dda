"""Who may ask what: the caller's own Keystone token, its roles, and what they count for here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from reaper.model import Caller, Tenant
from reaper.ports import Callers
from reaper.web.api.problems import ApiRefusal
from reaper.web.api.token_checks import TokenChecks
from reaper.web.throttle import Throttle


@dataclass(frozen=True)
class Access:
    """Lets callers in. `clouds` vouch for their users; roles are compared in any case."""

    clouds: Mapping[str, Callers]
    admin_roles: frozenset[str]
    member_roles: frozenset[str]
    reader_roles: frozenset[str] = field(default_factory=frozenset)

    def cloud(self, named: str | None) -> str:
        """Return the cloud that is meant: a token is only ever shown to the Keystone it is for."""
        if named is None and len(self.clouds) == 1:
            return next(iter(self.clouds))
        if named in self.clouds:
            return str(named)
        if named:
            raise ApiRefusal(HTTPStatus.NOT_FOUND, "no-such-cloud", f"Reaper looks after no cloud {named!r}")
        raise ApiRefusal(HTTPStatus.BAD_REQUEST, "which-cloud", "Reaper looks after several clouds: add ?cloud=NAME")

    def caller(self, cloud: str, token: str, address: str, throttle: Throttle, checks: TokenChecks) -> Caller:
        """Tell who asks. Keystone is asked each time, for tokens end; by few at a time, see `TokenChecks`.

        Raises:
            Refusal: 401 for a token that Keystone does not know, 503 while as many are being asked about as may be.
        """
        shown_to = f"{cloud} {token}"
        if checks.is_wrong(shown_to):
            raise _unknown_token()
        with checks.place(shown_to, suspect=throttle.is_blocked(address)) as free:
            if not free:
                busy = "Keystone is being asked about as many tokens as may be at once; ask again in a moment"
                raise ApiRefusal(HTTPStatus.SERVICE_UNAVAILABLE, "busy", busy)
            caller = self.clouds[cloud].caller(token)
        checks.note(shown_to, right=caller is not None)
        if caller is None:
            throttle.failed(address)
            raise _unknown_token()
        return caller

    def is_admin(self, caller: Caller) -> bool:
        """Whether the caller may see and renew everything on its cloud."""
        return caller.is_cloud_admin and bool(caller.roles & _folded(self.admin_roles))

    def check(self, caller: Caller, tenant: Tenant | None, *, writes: bool) -> Tenant:
        """Return the tenant if the caller may ask about it. Of others' projects not even the existence is told."""
        if tenant is not None and self.is_admin(caller):
            return tenant
        if tenant is None or tenant.cloud != caller.cloud or tenant.project_id != caller.project_id:
            raise ApiRefusal(HTTPStatus.NOT_FOUND, "no-such-lease", "there is no such lease, or it is not yours")
        enough = self.member_roles if writes else self.member_roles | self.reader_roles
        if not caller.roles & _folded(enough):
            named = ", ".join(sorted(enough))
            raise ApiRefusal(
                HTTPStatus.FORBIDDEN, "role-missing", f"one of these roles on the project is needed: {named}"
            )
        return tenant


def _unknown_token() -> ApiRefusal:
    return ApiRefusal(HTTPStatus.UNAUTHORIZED, "invalid-token", "Keystone does not know this token, or it has ended")


def _folded(roles: frozenset[str]) -> frozenset[str]:
    return frozenset(role.casefold() for role in roles)
