"""Settings in, a wired App out. Only this package knows both sides of every port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from functools import partial

from reaper import cloud as clouds_of
from reaper import config
from reaper.clock import SystemClock
from reaper.config import Settings
from reaper.daemon import is_over, this_life
from reaper.deliver import Delivered, Deliverer, Manners
from reaper.errors import Temporary
from reaper.execute import Pools, Progress, survey
from reaper.gates import Gate, Limits, closed_gates
from reaper.lifecycle import Reclaim
from reaper.links import Signer, link_for
from reaper.mail import LetterRenderer, Security, SmtpPostman, SmtpServer
from reaper.model import LetterKind, Resource, State, Tenant
from reaper.observe import Observed, Observer
from reaper.paths import share
from reaper.plan import Plan, draw_up
from reaper.policy import Policies, standing
from reaper.ports import Clock, Cloud, CloudReader
from reaper.renewal import Desk
from reaper.store import Store, open_store
from reaper.sweep import Forecast, Sweeper, Tally, foresee


class Reach(StrEnum):
    """How far an App reaches: the ledger alone, clouds to look at, or clouds to change."""

    LEDGER = "ledger"
    LOOK = "look"
    WRITE = "write"


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
    _progress: list[Progress] = field(default_factory=list)

    # ------------------------------------------------------------------ the verbs

    def observe(self) -> Observed:
        """Look at every cloud."""
        return Observer(self.store.ledger, self.readers, self.current, self.clock, self.limits).observe()

    def sweep(self) -> Tally:
        """Decide for everybody who is due, and carry it out."""
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
        )

    def deliver(self) -> Delivered:
        """Send what is to be sent now, and first what a process that was killed had in hand."""
        self.store.outbox.release(is_over, self.clock.now())
        deliverer = Deliverer(
            self.store.ledger,
            self.store.outbox,
            self.renderer,
            self._postman,
            self.clock,
            self.standing,
            self.losses,
            self.link,
            Manners(
                admins=self.settings.mail.admins,
                cloud_titles={name: self.settings.cloud_title or name for name in self.settings.clouds},
                zone=self.settings.time_zone,
                support=self.settings.support_contact or None,
                languages=self.renderer.languages(LetterKind.WARNING),
            ),
        )
        return deliverer.deliver()

    def once(self) -> dict[str, object]:
        """Observe, sweep and deliver once; says what happened as the command line prints it."""
        observed, tally, delivered = self.observe(), self.sweep(), self.deliver()
        words = ("warned", "suspended", "restored", "reclaimed", "quarantined", "held", "failed")
        bad = ("held", "failed", "quarantined")
        troubles = [*observed.troubles, *(f"{word}: {name}: {text}" for word, name, text in tally.lines if word in bad)]
        mail = [text for text in (delivered.temporary_error, delivered.permanent_error, *delivered.broken) if text]
        return {
            "observed": observed.covered,
            **{word: tally.counts[word] for word in words},
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

    def forecast(self) -> Forecast:
        """Say what the next sweep would do; reads, and writes nothing."""
        return foresee(self.store.ledger, self.readers, self.policies, self.clock.now(), self.limits, self.pools)

    @property
    def desk(self) -> Desk:
        """Where renewals are asked for."""
        return Desk(self.store.ledger, self.clock, self._signer(), self.standing, self.losses)

    # ------------------------------------------------------------------ what the verbs ask for

    @property
    def limits(self) -> Limits:
        """The settings that the gates go by."""
        said = self.settings.limits
        return Limits(
            said.tenants_per_pass,
            said.percent_per_pass,
            said.tenants_per_day,
            said.percent_per_day,
            said.shrink_percent,
            said.longest_gap,
            said.silence,
            said.census_age,
        )

    def current(self) -> Policies:
        """Return the policies as last read."""
        return self.policies

    def reload(self) -> None:
        """Read the policies again; raises Unusable and keeps the old ones when one of them is."""
        self.policies = config.load_policies(self.settings)

    def standing(self, tenant: Tenant) -> Tenant:
        """Fill in what today's policies say about a tenant."""
        return standing(tenant, self.policies)

    def losses(self, tenant: Tenant) -> Sequence[Resource] | None:
        """List what a tenant owns, or of a reclaimed one what was taken; None when it cannot be read in full."""
        if tenant.state is State.RECLAIMED:
            return [step.resource for step in self.store.journal.steps(tenant)]
        if tenant.cloud not in self.readers:
            return None
        seen = survey(self.readers[tenant.cloud], self.pools, [tenant.project_id])
        return None if seen.doubts else seen.owned_by(tenant.project_id)

    def link(self, tenant: Tenant) -> str:
        """Return the address of a tenant's page."""
        token = self._signer().token(tenant.id, tenant.lease.id)
        return link_for(self.settings.web.public_url, token)

    def gates(self) -> tuple[Gate, ...]:
        """Return the gates that are closed now."""
        now = self.clock.now()
        return closed_gates(self.store.ledger.pulse(now), self.settings.clouds, now, self.limits)

    def status(self) -> dict[str, object]:
        """Say how things stand."""
        now = self.clock.now()
        pulse = self.store.ledger.pulse(now)
        return {
            "clouds": list(self.settings.clouds),
            "policies": {policy.name: str(policy.enforce) for policy in self.policies},
            "tenants": self.store.ledger.by_state(),
            "letters": self.store.outbox.by_state(),
            "gates": [str(gate) for gate in self.gates()],
            "paused": pulse.paused,
            "last_sweep": pulse.beat_at,
            "last_letter_accepted": pulse.last_accepted_at,
            "oldest_letter_waiting": pulse.oldest_unsent_at,
            "begun_in_24_hours": pulse.taken_last_day,
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
        mail = self.settings.mail
        server = SmtpServer(
            host=mail.host,
            port=mail.port,
            security=Security(mail.security),
            username=mail.username,
            password_file=mail.password_file,
            ca_file=mail.ca_file,
            timeout=mail.timeout.total_seconds(),
            letters_per_connection=mail.letters_per_connection,
        )
        return SmtpPostman(server, mail.sender, self.clock)


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    create: bool = False,
    reach: Reach = Reach.LEDGER,
    cloud_files: list[str] | None = None,
) -> App:
    """Wire an App.

    Args:
        settings: What the operator has said.
        clock: The system's unless given.
        create: Whether an empty database is given its schema.
        reach: Which clients are made; those to look at have no way to write.
        cloud_files: Where clouds.yaml lies, if not where openstack.config looks.

    Raises:
        Unusable: policies, database or clouds.yaml cannot be used as they are.
    """
    policies = config.load_policies(settings)
    connect = partial(
        clouds_of.connect if reach is Reach.WRITE else clouds_of.look_at,
        protect=settings.protect,
        workers=settings.limits.workers,
        timeout=settings.limits.timeout.total_seconds(),
        config_files=cloud_files,
    )
    made = {} if reach is Reach.LEDGER else {name: connect(name) for name in settings.clouds}
    domain = parseaddr(settings.mail.sender)[1].rpartition("@")[2] or "reaper.localhost"
    store = open_store(
        settings.database.connection, share("migrations"), mail_domain=domain, claimer=this_life(), create=create
    )
    return App(
        settings=settings,
        clock=clock or SystemClock(),
        store=store,
        readers=dict(made),
        clouds={name: client for name, client in made.items() if isinstance(client, clouds_of.Writer)},
        pools=Pools(settings.limits.workers),
        signer=None,
        policies=policies,
        renderer=LetterRenderer(share("notify"), settings.letters_dir),
    )
