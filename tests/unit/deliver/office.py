"""A post office: a real ledger and real letters, a clock moved by hand, and a postman who does as he is told."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from reaper.clock import HandClock
from reaper.deliver import Deliverer, Manners
from reaper.model import Change, Event, Lease, LetterKind, Person, Queued, Tenant, Terms
from reaper.ports import Sent
from tests.unit.lifecycle.cases import judged

NOW = datetime(2031, 11, 28, 9, 7, tzinfo=UTC)
LINK = "https://reaper.example.org/lease/"
TERMS = Terms(
    policy="trial",
    lasts=timedelta(days=31),
    warn_before=(timedelta(days=8), timedelta(days=2)),
    notice=timedelta(days=1),
    renew_by=timedelta(days=13),
    renew_times=5,
    at_most=timedelta(days=97),
    opens_before=timedelta(days=9),
    suspension_lasts=timedelta(days=6),
    orphans_wait=timedelta(days=17),
)


def takes_all(message):
    return Sent(accepted=message.to)


@dataclass
class Postman:
    """Answers each letter as scripted, then takes everything; what is an error is raised."""

    script: list = field(default_factory=list)
    carried: list = field(default_factory=list)
    visits: int = 0

    def __call__(self):
        return self

    def __enter__(self):
        self.visits += 1
        return self

    def __exit__(self, *exc):
        pass

    def send(self, message):
        self.carried.append(message)
        answer = self.script.pop(0) if self.script else takes_all
        if isinstance(answer, Exception):
            raise answer
        return answer(message) if callable(answer) else answer


@dataclass
class PostOffice:
    """Everything around a deliverer, and shortcuts to look at it."""

    store: object
    clock: HandClock
    postman: Postman = field(default_factory=Postman)
    renderer: object = None
    manners: Manners = field(default_factory=lambda: Manners(admins=("admins@example.org",)))
    losses: object = staticmethod(lambda _tenant: ())
    standing: object = staticmethod(judged)

    def tenant(self, name="aurora", *emails, **changes):
        people = [
            Person(f"{name}-{n}", f"Person {n}", email, frozenset({"member"}))
            for n, email in enumerate(emails or (f"{name}@example.org",))
        ]
        lease = Lease(f"lease-{name}", NOW - timedelta(days=29), NOW + timedelta(days=2), TERMS)
        fresh = Tenant(f"id-{name}", "trystack", f"p-{name}", f"trial-{name}", lease, people=tuple(people))
        self.store.ledger.enrol([replace(fresh, **changes)], Event(NOW, "observed", "seen"))
        return self.store.ledger.tenant(fresh.id)

    def queue(self, tenant, kind=LetterKind.WARNING, before=TERMS.last_warning, **changes):
        before = before if kind is LetterKind.WARNING else None
        event = Event(self.clock.now(), kind.value, "decided")
        return self.store.ledger.record(Change(replace(tenant, **changes), [event], [Queued(kind, before)]))

    def deliver(self):
        deliverer = Deliverer(
            self.store.ledger,
            self.store.outbox,
            self.renderer,
            self.postman,
            self.clock,
            self.standing,
            self.losses,
            lambda tenant: LINK + tenant.id,
            self.manners,
        )
        return deliverer.deliver()

    def letter(self, name="aurora"):
        return self.store.outbox.letters(f"id-{name}")[-1]

    def history(self, name="aurora"):
        return [event.what for event in self.store.ledger.history(f"id-{name}")]
