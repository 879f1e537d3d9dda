"""An independent witness: judges every write the cloud saw by the ledger's bare rows, never by the product's rules."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from reaper.simulator.calls import Calls, RecordedCall
from tests.acceptance.world import World

STAGES = ("observe", "notify", "suspend", "reclaim")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")
TAKING = {"close", "lock", "os-stop"}
GIVING = {"open", "unlock", "os-start"}
#: Letters that one round of warnings may hold once.
ONCE = ("welcome", "warning", "suspended")
#: Events that are told in a letter, each in one.
TOLD = {"renewed": "renewed", "restored": "restored", "reclaimed": "reclaimed", "quarantined": "quarantined"}


@dataclass(frozen=True)
class Standing:
    """What people had said when the pass began; what they say during a pass may count only from its next round."""

    held: frozenset[str]
    spared: frozenset[str]
    paused: bool
    stage: str | None
    census: str | None


class Witness(Calls):
    """Stands where the simulator keeps its calls. What was wrong is in `violations`."""

    def __init__(self, world: World, tenants: dict[str, str]) -> None:
        super().__init__()
        self.world, self.tenants = world, tenants  # project id -> name
        self.violations: list[str] = []
        self.owner: dict[str, str] = {}
        self.seen = 0
        self.renewed: set[str] = set()  # project ids, in the running pass
        self.promised: dict[str, str] = {}  # lease id -> the latest end a person was told
        self.ends: dict[str, str] = {}
        self.names: dict[str, str] = {}  # letter id -> Message-ID
        self.bundles: dict[str, str] = {}  # letter id -> the message that it went in with others
        self.members: dict[str, frozenset[str]] = {}
        self.closed_by_hand: set[str] = set()
        self.learn()
        self.before_pass()

    # ------------------------------------------------------------------ looking

    def rows(self, sql: str, *values: object) -> list[dict]:
        """Ask the database file itself."""
        with closing(sqlite3.connect(f"file:{self.world.file}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    def learn(self) -> None:
        """Learn who owns what exists now."""
        for project_id in self.world.sim.cloud.identity["projects"]:
            self.owner[project_id] = project_id
            for ids in self.world.sim.inventory(project_id).values():
                self.owner |= dict.fromkeys(ids, project_id)

    def before_pass(self) -> None:
        """Note what people had said before a sweep."""
        now = _text(self.world.clock.now())
        held = self.rows("select project_id from tenants where hold_until > ?", now)
        projects = self.world.sim.cloud.identity["projects"].values()
        census = self.rows("select at, complete from censuses")
        policy = self.world.policies.named("trial")
        self.said = Standing(
            frozenset(row["project_id"] for row in held),
            frozenset(p["id"] for p in projects if "keep" in p["tags"]),
            bool(self.rows("select 1 from facts where name = 'the pause'")),
            str(policy.enforce) if policy else None,
            census[0]["at"] if census and census[0]["complete"] else None,
        )
        self.renewed.clear()

    def wrong(self, sentence: str) -> None:
        """Note a violation."""
        self.violations.append(f"{self.world.clock.now():%m-%d %H:%M:%S} {sentence}")

    # ------------------------------------------------------------------ each write

    def append(self, call: RecordedCall) -> None:
        """Judge a call at the moment it was made."""
        super().append(call)
        if call.writes:
            try:
                self.new_events()
                self._judge(call, self.world.heard.body)
            except Exception as error:  # noqa: BLE001 - in a thread of the simulator: it must reach the test
                self.wrong(f"the witness stumbled over {call}: {error!r}")

    def _judge(self, call: RecordedCall, body: dict) -> None:
        word = _word(call, body)
        ids = [one for one in ID.findall(call.path) if one in self.owner]
        project = self.owner.get(ids[-1]) if ids else None
        if project not in self.tenants:
            self.wrong(f"{word} of what is no tenant's: {call.path}")
            return
        (tenant,) = self.rows("select * from tenants where project_id = ?", project)
        name, state = self.tenants[project], (tenant["state"], tenant["unfinished"])
        asked_again = word == "lock" and state[0] == "RECLAIMING"  # after a server that a list does not show
        if word in TAKING and state != ("SUSPENDED", "suspend") and project not in self.renewed and not asked_again:
            self.wrong(f"{word} of {name}, which is {state}")
        if word in GIVING and state != ("ACTIVE", "restore") and not (word == "open" and state[0] == "RECLAIMING"):
            self.wrong(f"{word} of {name}, which is {state}")
        if word not in TAKING | GIVING and state[0] != "RECLAIMING":
            self.wrong(f"{word} of {name}, which is {state}: {call.path}")
        if word not in GIVING and word != "delete project":
            self._allowed(tenant, word, "suspend" if word in TAKING else "reclaim")

    def _allowed(self, tenant: dict, word: str, stage: str) -> None:
        said, name = self.said, tenant["name"]
        fresh = said.census is not None and _moment(said.census) >= self.world.clock.now() - timedelta(days=1, hours=1)
        reasons = {
            "held": tenant["project_id"] in said.held,
            "spared by its tag": tenant["project_id"] in said.spared,
            "paused": said.paused,
            f"under enforce: {said.stage}": said.stage is None or STAGES.index(said.stage) < STAGES.index(stage),
            "without a complete census": not fresh,
            "quarantined": tenant["state"] == "QUARANTINED",
        }
        for reason in (why for why, holds in reasons.items() if holds):
            self.wrong(f"{word} of {name} although {reason}")

    # ------------------------------------------------------------------ each event

    def new_events(self) -> None:
        """Judge what the history tells since the last look."""
        for event in self.rows("select * from events where number > ? order by number", self.seen):
            self.seen = event["number"]
            (tenant,) = self.rows("select * from tenants where id = ?", event["tenant_id"])
            if event["what"] == "suspending":
                self._lawful(tenant, event, "warning", "suspend")
            elif event["what"] == "reclaiming":
                self._lawful(tenant, event, "suspended", "reclaim")
                self._waited(tenant, event)
            elif event["what"] == "reclaimed":
                self._empty(tenant, event)

    def _lawful(self, tenant: dict, event: dict, letter: str, stage: str) -> None:
        """The lease is over, and the letter it takes was accepted a full notice ago, or the admins stood in."""
        (lease,) = self.rows("select * from leases where id = ?", tenant["lease_id"])
        terms, at = json.loads(lease["terms"]), _moment(event["at"])
        self._allowed(tenant, event["what"], stage)
        if _moment(lease["expires_at"]) > at:
            self.wrong(f"{event['what']} {tenant['name']}, whose lease ends {lease['expires_at']}")
        within = "lease_id = ? and arming = ? and kind = ?"
        in_time = [before for before in terms["warn_before"] if before >= terms["notice"]]
        last = min(in_time or [max(terms["warn_before"])]) * 1_000_000
        told = [
            row
            for row in self.rows(f"select * from letters where {within}", lease["id"], lease["arming"], letter)  # noqa: S608
            if letter != "warning" or row["before_us"] <= last
        ]
        stood_in = self.rows(f"select * from letters where {within}", lease["id"], lease["arming"], "orphan")  # noqa: S608
        wait = max(terms["orphans_wait"], terms["notice"])
        refused = any(row["state"] == "refused" for row in told)
        good = any(self._arrived(row, at, terms["notice"]) for row in told)
        if not good and not (refused and any(self._arrived(row, at, wait) for row in stood_in)):
            self.wrong(f"{event['what']} {tenant['name']} without a {letter} letter in time: {told} {stood_in}")

    def _arrived(self, letter: dict, at: datetime, seconds: float) -> bool:
        """Whether a mailbox has it, and had it for so long."""
        when = [moment for name, _, moment in self.world.mail.taken if name in _names_of(letter)]
        return bool(when) and letter["state"] == "accepted" and min(when) + timedelta(seconds=seconds) <= at

    def _waited(self, tenant: dict, event: dict) -> None:
        (lease,) = self.rows("select terms from leases where id = ?", tenant["lease_id"])
        lasts = timedelta(seconds=json.loads(lease["terms"])["suspension_lasts"])
        since = self.rows(
            "select at from events where tenant_id = ? and what = 'suspended' order by number desc limit 1",
            tenant["id"],
        )
        if not since or _moment(since[0]["at"]) + lasts > _moment(event["at"]):
            self.wrong(f"{tenant['name']} is reclaimed before its suspension is over: {since}")

    def _empty(self, tenant: dict, event: dict) -> None:
        """Reclaimed means: nothing is there but what the policy keeps, and the journal says so row by row."""
        (lease,) = self.rows("select terms from leases where id = ?", tenant["lease_id"])
        kept = set(json.loads(lease["terms"])["keep"])
        left = {kind: ids for kind, ids in self.world.sim.inventory(tenant["project_id"]).items() if ids}
        shown = {"snapshot": "volume_snapshot"}
        if {shown.get(kind, kind) for kind in left} - kept - _held_by(kept):
            self.wrong(f"{tenant['name']} is booked as reclaimed and has {left}")
        steps = self.rows("select * from steps where tenant_id = ? and lease_id = ?", tenant["id"], tenant["lease_id"])
        there = {one for ids in left.values() for one in ids}
        gone = {step["resource_id"] for step in steps if step["gone_at"]}
        staying = {step["resource_id"]: step["answer"] for step in steps if not step["gone_at"]}
        if gone & there or not staying.keys() <= there or not all(staying.values()):
            self.wrong(f"{tenant['name']}: the journal says gone {gone & there}, staying {staying}; there is {left}")
        if not event["text"].startswith(f"{len(steps) - len(staying)} resources"):
            self.wrong(f"{tenant['name']}: {event['text']!r}, and the journal has {len(steps)} rows")

    # ------------------------------------------------------------------ after each step

    def look(self) -> None:
        """Judge how things stand."""
        self.learn()
        self.new_events()
        self._letters()
        self._dates()
        for tenant in self.rows("select * from tenants where state = 'ACTIVE' and unfinished is null"):
            project = self.world.sim.cloud.identity["projects"].get(tenant["project_id"])
            if project and not project["enabled"] and tenant["project_id"] not in self.closed_by_hand:
                self.wrong(f"{tenant['name']} is ACTIVE and its project is closed")

    def _letters(self) -> None:
        letters = self.rows("select * from letters")
        if len({row["message_id"] for row in letters}) != len(letters):
            self.wrong("two letters share a Message-ID")
        for row in letters:
            if self.names.setdefault(row["id"], row["message_id"]) != row["message_id"]:
                self.wrong(f"a letter changed its Message-ID: {row}")
        handed = {name for name, _, _ in self.world.mail.taken}
        rounds = Counter(
            (row["lease_id"], row["arming"], row["kind"], row["before_us"])
            for row in letters
            if row["kind"] in ONCE and (row["state"] != "superseded" or handed & _names_of(row))
        )
        for key in (key for key, count in rounds.items() if count > 1):
            self.wrong(f"a letter was written twice: {key}")
        self._bundles(letters)
        twice = Counter((name, address) for name, address, _ in self.world.mail.taken)
        for name, address in (
            key for key, count in twice.items() if count > 1 and key[0] not in self.world.mail.unsure
        ):
            self.wrong(f"{address} got {name} twice")
        for what, kind in TOLD.items():
            (happened,) = self.rows("select count(*) as n from events where what = ?", what)
            if happened["n"] != sum(row["kind"] == kind for row in letters):
                self.wrong(f"{happened['n']} times {what}, and {sum(row['kind'] == kind for row in letters)} letters")

    def _bundles(self, letters: list[dict]) -> None:
        """What goes together is of one kind, of several tenants, and nobody joins or leaves a message afterwards."""
        for row in (row for row in letters if row["bundle"]):
            if self.bundles.setdefault(row["id"], row["bundle"]) != row["bundle"]:
                self.wrong(f"a letter changed the message it went in: {row}")
        together: dict[str, list[dict]] = {}
        for row in (row for row in letters if row["bundle"]):
            together.setdefault(row["bundle"], []).append(row)
        for name, rows in together.items():
            members = frozenset(row["id"] for row in rows)
            if len({row["kind"] for row in rows}) > 1 or len({row["tenant_id"] for row in rows}) < len(rows):
                self.wrong(f"these do not go together: {rows}")
            if self.members.setdefault(name, members) != members:
                self.wrong(f"a message changed what is in it: {rows}")

    def _dates(self) -> None:
        for lease in self.rows("select id, expires_at from leases"):
            before = self.ends.get(lease["id"], "")
            if lease["expires_at"] < max(before, self.promised.get(lease["id"], "")):
                self.wrong(f"a lease's end moved earlier, or a promised one was forgotten: {lease}, was {before}")
            self.ends[lease["id"]] = lease["expires_at"]

    def told_done(self, project_id: str, lease_id: str, expires_at: datetime) -> None:
        """Remember what a person was told."""
        self.promised[lease_id] = max(self.promised.get(lease_id, ""), _text(expires_at))
        self.renewed.add(project_id)


def _names_of(letter: dict) -> set[str]:
    """The Message-IDs under which a letter may arrive: its own, or that of the one message with others."""
    own = letter["message_id"]
    together = f"<{letter['bundle']}{own[own.index('@') :]}" if letter["bundle"] else own
    return {own, together}


def _held_by(kept: set[str]) -> set[str]:
    """What must stay because something kept needs it."""
    return {"volume_snapshot"} if "volume" in kept else set()


def _word(call: RecordedCall, body: dict) -> str:
    if call.service == "identity" and call.method == "PATCH":
        return "open" if body["project"].get("enabled") else "close"
    if call.service == "identity" and call.method == "DELETE":
        return "delete project"
    if call.path.endswith("/action"):
        return str(next(iter(body)))
    return call.method.lower()


def _text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
