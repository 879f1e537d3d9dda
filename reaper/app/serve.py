"""The daemon: the three verbs at their intervals and the web page, in one process."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from reaper.app.access import access_of
from reaper.app.health import Health
from reaper.app.verbs import App
from reaper.clock import SystemClock
from reaper.config import MailSettings
from reaper.daemon import Figures, Job, Metrics, Repeats, Schedule, Service, logger, set_up_logs, this_life
from reaper.errors import ReaperError
from reaper.leftovers import look_and_note, noted_leftovers
from reaper.mail.connect import helo_name
from reaper.paths import share
from reaper.web import Server, create_app

if TYPE_CHECKING:
    from reaper.mail.lmtp import BounceListener

log = logger(__name__)


class Daemon:
    """An App at work. `start` returns; `stop` ends what is under way, lets the page answer, and closes everything."""

    def __init__(self, app: App) -> None:
        """Wire page, metrics and schedule; nothing runs before `start`."""
        self.app = app
        self._incident: datetime | None = None  # the one that was logged
        self._said: set[str] = set()  # remarks about clouds that were logged already
        self._gates: Repeats[tuple[str, str | None]] = Repeats(app.clock.monotonic)
        self._hanging: list[str] = []
        self.health = Health(app)
        settings = app.settings
        self.metrics = Metrics(self._standing)
        self._schedule = Schedule(
            [
                Job("observe", settings.sweep.observe_every, self._timed("observe", self._observe)),
                Job("sweep", settings.sweep.sweep_every, self._timed("sweep", self._sweep)),
                Job("deliver", settings.sweep.deliver_every, self._timed("deliver", self._deliver)),
                Job("leftovers", settings.sweep.leftovers_every, self._timed("leftovers", self._leftovers)),
            ],
            app.clock.now,
            app.passes,
        )
        page = create_app(
            app.desk,
            cloud_title=settings.cloud_title or ", ".join(settings.clouds),
            support_contact=settings.support_contact or None,
            words=share("notify") / "pages",
            zone=settings.time_zone,
            health=self.health.live,
            ready=self.health.ready,
            metrics=self.metrics.text,
            api=(app.store.ledger, access_of(settings, app.readers)) if settings.api.enabled else None,
        )
        self.door = self._bounce_listener(settings.mail.lmtp_listen) if settings.mail.lmtp_listen else None
        self.web = Server(page, settings.web.listen, trusted_proxy=settings.web.trusted_proxy)

    def start(self) -> None:
        """Open the page and the door for bounces, then begin the passes."""
        if not this_life():
            log.warning(
                "this process cannot be told from later ones: letters in its hands at a kill wait for their time",
                action="no_life",
                why="/proc/sys/kernel/random/boot_id cannot be read; does ProcSubset=pid hide it?",
            )
        self.web.start()
        if self.door is not None:
            self.door.start()
            log.info("bounces are taken", action="bounces_open", listen=self.app.settings.mail.lmtp_listen)
        self._tell_of_name()
        log.info("page open", action="page_open", listen=self.app.settings.web.listen, port=self.web.port)
        self._schedule.start()

    def _tell_of_name(self) -> None:
        """Warn of what mail servers refuse: no name to greet with, no domain to write from."""
        if self.app.settings.mail.sender == MailSettings().sender:
            text = "mail.sender is not set, and other mail servers refuse reaper@localhost; write an address of yours"
            log.warning("no sender", action="no_sender", text=text)
        if self.app.settings.mail.helo_name is None and helo_name() is None:
            why = "this host has no fully qualified name, so the mail server is greeted with an address"
            log.warning("no name", action="no_helo_name", text=f"{why}, which many refuse; set mail.helo_name")

    def stop(self) -> None:
        """Start nothing more, let each pass end at its next safe point, then close."""
        if isinstance(self.app.clock, SystemClock):
            self.app.clock.stop()
        self._hanging = self._schedule.stop()
        if self.door is not None:
            self.door.stop()
        self.web.stop()

    @property
    def hanging(self) -> list[str]:
        """The passes that had not ended when `stop` had waited long enough."""
        return self._hanging

    def standing_still(self) -> str | None:
        """Say what stands still so that only a new process helps; None for nothing. The watchdog goes by it."""
        if not self._schedule.works:
            return "the thread that begins passes has ended"
        if not self.web.works:
            return "the thread of the web page has ended"
        return self.app.passes.standing_still()

    def reload(self) -> None:
        """Read the policies again; unusable ones leave the old ones in force."""
        try:
            self.app.reload()
        except ReaperError as error:
            log.error("policies not read again", action="reload_failed", error=str(error))  # noqa: TRY400 - a sentence

    def _bounce_listener(self, listen: str) -> BounceListener:
        from reaper.mail.lmtp import BounceListener  # noqa: PLC0415 - its library takes long to load, and few want it

        return BounceListener(
            listen, expects=self.app.returned.expects, take_back=self._take_back, tell=self._tell_of_bounce
        )

    def _take_back(self, report: bytes, sent_to: Sequence[str]) -> str:
        verdict, letters = self.app.returned.take_back(report, sent_to)
        log.info("report read", action="report_read", verdict=verdict, letters=[letter.id for letter in letters])
        return verdict

    def _tell_of_bounce(self, error: Exception) -> None:
        log.error("report not read", action="report_failed", error=str(error), exc_info=error)

    def _timed(self, verb: str, do: Callable[[], None]) -> Callable[[], None]:
        """Measure a pass; what its world cannot do now is one line, not a traceback, and not one for each pass."""
        failures: Repeats[str] = Repeats(self.app.clock.monotonic)

        def run() -> None:
            began = time.perf_counter()
            failed: list[str] = []
            try:
                do()
            except ReaperError as error:
                failed.append(str(error))
            for why in failures.of(failed):
                log.warning("pass ended early", action=f"{verb}_failed", error=why)
            self.metrics.passes.labels(verb).observe(time.perf_counter() - began)

        return run

    def _observe(self) -> None:
        seen = self.app.observe()
        told = {key: value for key, value in vars(seen).items() if key != "remarks"}
        log.info("observed", action="observed", **told)
        for sentence in seen.remarks:
            if sentence not in self._said:
                self._said.add(sentence)
                log.warning("remark", action="cloud_remark", text=sentence)

    def _sweep(self) -> None:
        tally = self.app.sweep()
        for word, tenant, text in tally.lines:
            self.metrics.tenants.labels(word).inc()
            log.info(word, action=word, tenant=tenant, text=text)
        news = self._gates.of((gate.name, gate.cloud) for gate in tally.gates)
        for gate in tally.gates:
            if (gate.name, gate.cloud) in news:
                log.warning("gate closed", action="gate_closed", gate=gate.name, why=str(gate))
        if tally.counts:
            self._schedule.nudge("deliver")

    def _deliver(self) -> None:
        done = self.app.deliver()
        if done.accepted or done.refused or not done.goes_on or done.broken:
            log.info("delivered", action="delivered", **vars(done))
        self._tell_of_incident()

    def _tell_of_incident(self) -> None:
        """Say once that the mail server refuses us, and that this is over: by the log, for letters do not go out."""
        now = self.app.clock.now()
        health = self.app.store.outbox.mail_health(now)
        began = health.incident.began_at if health.incident is not None else None
        if began == self._incident:
            return
        self._incident = began
        if health.incident is not None:
            log.error("mail incident", action="mail_incident", began_at=began, said=health.incident.said)
        else:
            hours = round(health.lost.total_seconds() / 3600, 1)
            log.info("mail incident over", action="mail_incident_over", incidents=health.incidents, hours_in_all=hours)

    def _leftovers(self) -> None:
        app = self.app
        for seen in look_and_note(app.store.ledger, app.readers, app.pools, app.clock.now):
            log.info(
                "leftovers", action="leftovers", cloud=seen.cloud, resources=len(seen.found), doubts=list(seen.doubts)
            )

    def _standing(self) -> Mapping[str, Figures]:
        return {
            "tenants": self.app.store.ledger.by_state(),
            "letters": self.app.store.outbox.by_state(),
            "idle_things": self.app.store.idle.by_standing(),
            "mail_incident_seconds": self._incidents(),
            "leftovers": {
                (cloud, *place): number
                for cloud, noted in noted_leftovers(self.app.store.ledger, self.app.settings.clouds).items()
                for place, number in noted.counts.items()
            },
            "gate_closed": {gate.name: 1 for gate in self.app.gates()},
            "pass_age_seconds": self.app.passes.ages(),
            "passes_left_behind": {verb: past.left_behind for verb, past in self.app.passes.past().items()},
        }

    def _incidents(self) -> Mapping[str, int]:
        now = self.app.clock.now()
        health = self.app.store.outbox.mail_health(now)
        running = round((now - health.incident.began_at).total_seconds()) if health.incident is not None else 0
        return {"running": running, "over": round(health.lost.total_seconds())}


def serve(app: App) -> None:
    """Run until SIGTERM or SIGINT; SIGHUP reads the policies again."""
    set_up_logs(app.settings.logs.format, app.settings.logs.level)
    daemon = Daemon(app)
    Service(reload=daemon.reload, stop=daemon.stop, alive=daemon.standing_still).run(daemon.start)
    if daemon.hanging:
        # What they hang in would hold the interpreter's end up for ever; the ledger knows how far each has come.
        log.error("ended while passes hang", action="ended_hanging", jobs=daemon.hanging)
        logging.shutdown()
        os._exit(1)
