"""Everything wired together: the three verbs, and what commands and pages ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reaper import config
from reaper.app.admins import AdminNews, incidents_over, queue_news, trouble_in_words, unfinished_in_words
from reaper.app.settings import limits_of, manners_of, postman_of, returns_of
from reaper.config import Settings
from reaper.daemon import Passes, is_over
from reaper.deliver import Delivered, Deliverer, Returned, SendingRate
from reaper.errors import Temporary, Unusable
from reaper.execute import Pools, Progress, survey
from reaper.gates import Gate, Limits, closed_gates
from reaper.leftovers import Leftovers, find_leftovers, noted_leftovers
from reaper.lifecycle import Reclaim
from reaper.links import Signer, link_for
from reaper.mail import LetterRenderer, SmtpPostman
from reaper.model import IdleThing, Judged, Letter, LetterKind, Resource, State, Tenant
from reaper.observe import Observed, Observer
from reaper.operations import SelfService
from reaper.plan import Plan, draw_up
from reaper.policy import Policies, standing
from reaper.ports import Clock, Cloud, CloudReader
from reaper.store import Store
from reaper.sweep import (
    AT_MOST,
    Forecast,
    Sweeper,
    Tally,
    beginning,
    consent_to,
    eyes_on,
    foresee,
    foresee_idle,
    limit_on,
)
from reaper.uninspectable import unseen_in


@dataclass
class App:
    """Everything wired. `readers` and `clouds` hold what the App was built to reach."""

    settings: Settings
    clock: Clock
    store: Store
    readers: dict[str, CloudReader]
    clouds: dict[str, Cloud]
    pools: Pools
    signer: Signer | None
    policies: Policies
    renderer: LetterRenderer
    passes: Passes
    pace: SendingRate = field(default_factory=SendingRate)
    _progress: list[Progress] = field(default_factory=list)

    # ------------------------------------------------------------------ the verbs

    def observe(self) -> Observed:
        """Look at every cloud."""
        with self.passes.under_way("observe"):
            return Observer(self.store.ledger, self.readers, self.current, self.clock, self.limits).observe()

    def sweep(self) -> Tally:
        """Decide for everybody who is due, and carry it out."""
        with self.passes.under_way("sweep"):
            return self._sweeper().sweep()

    def reclaim(self, tenant: Tenant, by: str) -> Tally:
        """Reclaim one tenant now, because a person has named it."""
        return self._sweeper().reclaim(tenant, by)

    def inventory(self, tenant: Tenant) -> Plan:
        """Draw up what reclaiming a tenant would ask for, from fresh lists.

        Raises:
            Temporary: something could not be listed, so nobody can say what would be lost.
        """
        seen = survey(self.readers[tenant.cloud], self.pools, [tenant.project_id])
        if seen.doubts:
            raise Temporary(f"what {tenant.full_name} owns cannot be read in full: {'; '.join(seen.doubts)}")
        return draw_up(Reclaim(self.clock.now()), self.standing(tenant), seen.owned_by(tenant.project_id))

    def _sweeper(self) -> Sweeper:
        return Sweeper(
            self.store.ledger,
            self.store.journal,
            self.clouds,
            self.current,
            self.clock,
            self.limits,
            self.pools,
            self._progress[-1] if self._progress else None,
            archives=self.store.archives,
            idle=self.store.idle,
            idle_every=self.settings.sweep.idle_every,
        )

    def deliver(self) -> Delivered:
        """Send what is to be sent now, and first what a process that was killed had in hand."""
        with self.passes.under_way("deliver"):
            return self._deliver()

    def _deliver(self) -> Delivered:
        self.store.outbox.release(is_over, self.clock.now())
        queue_news(self.store, self.settings, self.clock.now())
        deliverer = Deliverer(
            self.store.ledger,
            self.store.outbox,
            self.renderer,
            self._postman,
            self.clock,
            self.standing,
            self.losses,
            self.link,
            manners_of(self.settings, self.renderer.languages(LetterKind.WARNING), self.pace),
            self.report,
            lambda letter: self.store.idle.told_in(letter.id),
        )
        return deliverer.deliver()

    def report(self, letter: Letter, language: str) -> Mapping[str, object]:
        """Gather what a letter to the admins about everything says."""
        tenants = (self.standing(tenant) for tenant in self.store.ledger.tenants())
        return AdminNews(
            self.settings,
            self.store,
            tenants,
            self.gates(),
            self.clock.now(),
            noted_leftovers(self.store.ledger, self.settings.clouds),
        ).facts(letter, language)

    @property
    def returned(self) -> Returned:
        """Where letters come back to.

        Raises:
            Unusable: no address is set for that.
        """
        returns = returns_of(self.settings)
        if returns is None:
            raise Unusable("mail.bounces_to is not set: letters come back to mail.sender, and name no letter")
        return Returned(self.store.ledger, self.store.outbox, self.clock, returns, lambda: self.settings.mail.admins)

    def once(self) -> dict[str, object]:
        """Observe, sweep and deliver once; says what happened as the command line prints it."""
        observed, tally, delivered = self.observe(), self.sweep(), self.deliver()
        words = ("warned", "suspended", "restored", "reclaimed", "quarantined", "held", "failed")
        bad = ("held", "failed", "quarantined", "idle_failed")
        troubles = [*observed.troubles, *(f"{word}: {name}: {text}" for word, name, text in tally.lines if word in bad)]
        mail = [text for text in (delivered.temporary_error, delivered.permanent_error, *delivered.broken) if text]
        return {
            "observed": observed.covered,
            **{word: tally.counts[word] for word in words},
            "idle": {word: tally.counts[f"idle_{word}"] for word in ("warned", "asked", "given_back", "failed")},
            "gates": [gate.name for gate in tally.gates],
            "reasons": [str(gate) for gate in tally.gates],
            "letters": {
                "accepted": delivered.accepted,
                "deferred": delivered.deferred,
                "refused": delivered.refused,
                "superseded": delivered.superseded,
            },
            "troubles": [*troubles, *mail],
        }

    def leftovers(self, cloud: str) -> Leftovers:
        """Look for what is left on a cloud of projects that Keystone no longer has; reads only."""
        return find_leftovers(self.readers[cloud], self.pools, self.clock.now())

    def chosen(self, names: Sequence[str]) -> Sequence[str]:
        """Return the clouds of these names, or all of them where none is named.

        Raises:
            Unusable: a name that the settings do not have.
        """
        for name in names:
            if name not in self.settings.clouds:
                raise Unusable(f"{name} is no cloud of DEFAULT.clouds, which has: {', '.join(self.settings.clouds)}")
        return names or self.settings.clouds

    def forecast(self) -> Forecast:
        """Say what the next sweep would do; reads, and writes nothing."""
        ledger, now = self.store.ledger, self.clock.now()
        seen = foresee(ledger, self.readers, self.policies, now, self.limits, self.pools)
        every = self.settings.sweep.idle_every
        eyes = eyes_on(ledger, self.store.idle, self.current, self.pools, self.limits, every)
        idle, doubts = foresee_idle(eyes, self.readers, now)
        return replace(seen, idle=idle, troubles=(*seen.troubles, *doubts))

    @property
    def desk(self) -> SelfService:
        """Where renewals are asked for."""
        return SelfService(self.store.ledger, self.clock, self._signer(), self.standing, self.losses, self.idle_of)

    # ------------------------------------------------------------------ what the verbs ask for

    @property
    def limits(self) -> Limits:
        """The settings that the gates go by."""
        return limits_of(self.settings)

    def current(self) -> Policies:
        """Return the policies as last read."""
        return self.policies

    def reload(self) -> None:
        """Read the policies again; raises Unusable and keeps the old ones when one of them is."""
        self.policies = config.load_policies(self.settings)

    def standing(self, tenant: Tenant) -> Judged:
        """Fill in what today's policies say about a tenant."""
        judged = standing(tenant, self.policies)
        if tenant.state is not State.RECLAIMED:
            return judged
        rows = (row for row in self.store.archives.of(tenant.id) if row.begun_at == tenant.reclaiming_at)
        return replace(judged, archives=tuple(rows), unseen=unseen_in(tenant.cloud, self.store.ledger.noted))

    def losses(self, tenant: Tenant) -> Sequence[Resource] | None:
        """List what a tenant owns, or of a reclaimed one what was taken; None when it cannot be read in full."""
        if tenant.state is State.RECLAIMED:
            return [step.resource for step in self.store.journal.steps(tenant) if step.gone_at is not None]
        if tenant.cloud not in self.readers:
            return None
        seen = survey(self.readers[tenant.cloud], self.pools, [tenant.project_id])
        return None if seen.doubts else seen.owned_by(tenant.project_id)

    def idle_of(self, tenants: Sequence[Tenant]) -> Sequence[IdleThing]:
        """Read the record of these tenants' idle things."""
        return self.store.idle.of(*(tenant.id for tenant in tenants))

    def link(self, tenant: Tenant) -> str:
        """Return the address of a tenant's page."""
        token = self._signer().token(tenant.id, tenant.lease.id)
        return link_for(self.settings.web.public_url, token)

    def gates(self) -> tuple[Gate, ...]:
        """Return the gates that are closed now."""
        ledger, now = self.store.ledger, self.clock.now()
        gate_inputs = ledger.gate_inputs(now)
        limit = limit_on(self.beginning(), ledger, gate_inputs, now, self.limits)
        return (*closed_gates(gate_inputs, self.settings.clouds, now, self.limits), *([limit] if limit else []))

    def beginning(self) -> list[Tenant]:
        """Return the tenants with whom the next sweep would begin, most overdue first."""
        return beginning(self.store.ledger, self.policies, self.clock.now(), AT_MOST)

    def consent(self) -> list[Tenant]:
        """Let just the tenants that are due now begin, though they are more than the limits allow; for a day."""
        tenants = self.beginning()
        consent_to(tenants, self.store.ledger, self.clock.now())
        return tenants

    def status(self) -> dict[str, object]:
        """Say how things stand."""
        now = self.clock.now()
        gate_inputs = self.store.ledger.gate_inputs(now)
        return {
            "clouds": list(self.settings.clouds),
            "policies": {policy.name: str(policy.enforce) for policy in self.policies},
            "tenants": self.store.ledger.by_state(),
            "letters": self.store.outbox.by_state(),
            "idle_things": self.store.idle.by_standing(),
            "gates": [str(gate) for gate in self.gates()],
            "paused": gate_inputs.paused,
            "last_sweep": gate_inputs.beat_at,
            "last_letter_accepted": gate_inputs.last_accepted_at,
            "oldest_letter_waiting": gate_inputs.oldest_unsent_at,
            "unfinished": [said for said in map(unfinished_in_words, self.store.ledger.unfinished()) if said],
            "mail_incident": str(gate_inputs.mail_incident) if gate_inputs.mail_incident else None,
            "mail_incidents_over": incidents_over(self.store, now),
            "leftovers": [
                said
                for name, noted in noted_leftovers(self.store.ledger, self.settings.clouds).items()
                if (said := noted.in_words(name))
            ],
            "mail_trouble": trouble_in_words(self.store, self.settings, now),
            "begun_in_24_hours": gate_inputs.taken_last_day,
        }

    def show_progress(self, progress: Progress) -> None:
        """Tell this from now on how far each reclaim is."""
        self._progress.append(progress)

    def close(self) -> None:
        """Give everything back."""
        self.pools.close()
        self.store.close()

    def _signer(self) -> Signer:
        if self.signer is None:
            self.signer = Signer(config.secrets_of(self.settings))
        return self.signer

    def _postman(self) -> SmtpPostman:
        return postman_of(self.settings, self.clock)
