"""What the judge is told about tenants: ledger, policies, gates and Keystone, read together and shared for seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from reaper.errors import Gone, ReaperError
from reaper.gates import Gate, Limits, closed_gates
from reaper.judge import ABSENT, Absent, Evidence, Fact, Known, Unknown
from reaper.model import CensusMark, GateInputs, Judged, Project, Tenant
from reaper.ports import Clock, Cloud, Ledger

#: What Keystone said of a project serves so long, where nobody asks for it to be read afresh.
SHARED = timedelta(seconds=4)
#: Of so many tenants of a cloud or more, Keystone is asked together.
TOGETHER = 3
LEDGER, KEYSTONE = "the ledger and today's policies", "Keystone"


@dataclass(frozen=True)
class TenantFacts:
    """Reads the facts about tenants, and keeps them until they are read again. See `execute.Facts`."""

    ledger: Ledger
    clouds: Mapping[str, Cloud]
    standing: Callable[[Tenant], Judged]
    standing_of: Callable[[Tenant, Project], Judged]
    clock: Clock
    limits: Limits
    _known: dict[str, Evidence] = field(default_factory=dict)

    def look(self, tenants: Sequence[Tenant]) -> None:
        """Read everything about these tenants afresh: a question to Keystone for each cloud, or one for each."""
        self._read(tenants, timedelta(0))

    def refresh(self, tenants: Sequence[Tenant]) -> None:
        """Read the ledger afresh, and of Keystone what is older than a few seconds."""
        self._read(tenants, SHARED)

    def of(self, tenant: Tenant) -> Evidence:
        """Return what was last read about a tenant, for whoever acts on this version of it."""
        return replace(self._known.get(tenant.id, Evidence(tenant)), tenant=tenant)

    def _read(self, tenants: Sequence[Tenant], serves: timedelta) -> None:
        now = self.clock.now()
        old = [t for t in tenants if not self._fresh(t, now - serves)] if serves else list(tenants)
        projects = {t.id: fact for name in {t.cloud for t in old} for t, fact in self._projects(name, old)}
        now = self.clock.now()
        gate_inputs = self._gate_inputs(now)
        for tenant in tenants:
            project = projects.get(tenant.id) or self._known[tenant.id].project
            self._known[tenant.id] = Evidence(
                tenant,
                ledger=self._of_ledger(tenant, project, now),
                pause=self._pause(now),
                gates=self._gates(gate_inputs, tenant.cloud, now),
                census=_census(gate_inputs, tenant.cloud, now),
                project=project,
            )

    def _fresh(self, tenant: Tenant, since: datetime) -> bool:
        project = self._known[tenant.id].project if tenant.id in self._known else Unknown()
        return isinstance(project, Known) and since <= project.at <= self.clock.now()

    def _projects(self, cloud: str, tenants: Sequence[Tenant]) -> list[tuple[Tenant, Fact[Project | Absent]]]:
        here, now = [t for t in tenants if t.cloud == cloud], self.clock.now()
        if cloud not in self.clouds:
            return [(t, Unknown(f"cloud {cloud} is not one of ours")) for t in here]
        if len(here) < TOGETHER:
            return [(t, self._project(t)) for t in here]
        try:
            found = self.clouds[cloud].projects({t.project_id for t in here})
        except ReaperError as error:
            return [(t, Unknown(str(error))) for t in here]
        return [(t, Known(found.get(t.project_id, ABSENT), KEYSTONE, now)) for t in here]

    def _project(self, tenant: Tenant) -> Fact[Project | Absent]:
        now = self.clock.now()
        try:
            return Known(self.clouds[tenant.cloud].project(tenant.project_id), KEYSTONE, now)
        except Gone:
            return Known(ABSENT, KEYSTONE, now)
        except ReaperError as error:
            return Unknown(str(error))

    def _of_ledger(self, tenant: Tenant, project: Fact[Project | Absent], now: datetime) -> Fact[Judged]:
        try:
            current = self.ledger.tenant(tenant.id)
            if isinstance(project, Known) and isinstance(project.value, Project):
                return Known(self.standing_of(current, project.value), LEDGER, now)
            return Known(self.standing(current), LEDGER, now)
        except ReaperError as error:
            return Unknown(str(error))

    def _pause(self, now: datetime) -> Fact[str]:
        try:
            return Known(self.ledger.paused() or "", LEDGER, now)
        except ReaperError as error:
            return Unknown(str(error))

    def _gate_inputs(self, now: datetime) -> GateInputs | Unknown:
        try:
            return self.ledger.gate_inputs(now)
        except ReaperError as error:
            return Unknown(str(error))

    def _gates(self, gate_inputs: GateInputs | Unknown, cloud: str, now: datetime) -> Fact[tuple[Gate, ...]]:
        if isinstance(gate_inputs, Unknown):
            return gate_inputs
        return Known(closed_gates(gate_inputs, (cloud,), now, self.limits), LEDGER, now)


def _census(gate_inputs: GateInputs | Unknown, cloud: str, now: datetime) -> Fact[CensusMark]:
    if isinstance(gate_inputs, Unknown):
        return gate_inputs
    mark = gate_inputs.censuses.get(cloud)
    if mark is None:
        return Unknown("its projects have not been read yet")
    return Known(mark, "the last census", min(mark.at, now))
