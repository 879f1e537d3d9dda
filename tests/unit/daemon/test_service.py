"""Signals: none is lost, whenever it comes; the watchdog hears of progress and of nothing else."""

import os
import signal
import socket
import sys
import threading

import pytest

from reaper.daemon import Service
from reaper.daemon import service as module

#: Where a signal can come between two lines: our own waiting, and whatever of the standard library it waits with.
WAITING = {module.__file__, threading.__file__}
PATIENCE = 20


class TooLateError(Exception):
    """It waits though a signal has come."""


@pytest.fixture
def patience():
    """Break off a wait that nothing ends."""

    def ring(_number, _frame):
        raise TooLateError

    before = signal.signal(signal.SIGALRM, ring)
    yield lambda: signal.alarm(PATIENCE)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def interrupt_at(nth, number):
    """Trace the waiting, and let the signal come at its n-th line."""
    count = 0

    def line(_frame, event, _argument):
        nonlocal count
        if event == "line":
            count += 1
            if count == nth:
                sys.settrace(None)
                signal.raise_signal(number)
        return line

    return lambda frame, _event, _argument: line if frame.f_code.co_filename in WAITING else None


def test_sigterm_at_any_line_of_the_start_and_of_the_waiting_ends_it(patience):
    nth, late = 0, threading.Event()
    while not late.is_set():
        nth += 1
        stopped = []
        service = Service(reload=lambda: None, stop=lambda: stopped.append(nth))  # noqa: B023 - called in this turn
        # When all lines are behind us it waits for good, and this ends the last turn.
        last = threading.Timer(1.0, lambda: (late.set(), os.kill(os.getpid(), signal.SIGTERM)))
        begun = lambda: (last.start(), sys.settrace(interrupt_at(nth, signal.SIGTERM)))  # noqa: B023, E731
        patience()
        try:
            run_traced(service, begun)
        except TooLateError:
            pytest.fail(f"SIGTERM at line {nth} of the waiting was lost")
        finally:
            sys.settrace(None)
            last.cancel()
        assert stopped == [nth]
    assert nth > 10


def run_traced(service, begun):
    """Trace what `run` calls once its handlers stand; before that SIGTERM ends the process, as it should."""
    whole = service._wait
    service._wait = lambda *arguments: (begun(), whole(*arguments))[1]
    service.run()


def test_sigterm_while_it_starts_ends_it_after_the_start(patience):
    done = []
    service = Service(reload=lambda: None, stop=lambda: done.append("stopped"))
    patience()
    service.run(lambda: (signal.raise_signal(signal.SIGTERM), done.append("started")))
    assert done == ["started", "stopped"]


def test_a_storm_of_sighup_hides_no_sigterm(patience):
    """More signals than the pipe holds."""
    read = []

    def reload():
        if not read:
            for _ in range(70_000):
                signal.raise_signal(signal.SIGHUP)
            signal.raise_signal(signal.SIGTERM)
        read.append(1)

    patience()
    Service(reload=reload, stop=lambda: None).run(lambda: signal.raise_signal(signal.SIGHUP))
    assert read


def test_what_stood_before_stands_again():
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    Service(reload=lambda: None, stop=lambda: None).run(lambda: signal.raise_signal(signal.SIGTERM))
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)] == before


@pytest.fixture
def manager(tmp_path, monkeypatch):
    """A service manager that hears what it is told."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "40000")
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
        yield heard


def ended_after(heard, wanted):
    """End the service once it has said something; returns the thread and what was heard until then."""
    said = []

    def listen():
        while wanted not in said:
            said.append(heard.recv(1000).decode())
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=listen)
    thread.start()
    return thread, said


def test_the_watchdog_is_told_that_all_is_well_while_it_is(manager, patience):
    listener, said = ended_after(manager, "WATCHDOG=1")
    patience()
    Service(reload=lambda: None, stop=lambda: None).run()
    listener.join()
    assert said == ["READY=1", "WATCHDOG=1"]


def test_the_watchdog_hears_nothing_good_of_what_stands_still_and_a_person_reads_why(manager, patience):
    listener, said = ended_after(manager, "STATUS=sweep stands still")
    patience()
    Service(reload=lambda: None, stop=lambda: None, alive=lambda: "sweep stands still").run()
    listener.join()
    assert said == ["READY=1", "STATUS=sweep stands still"]


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"), [("", "", None), ("600000000", "", 300.0), ("600000000", "1", None), ("soon", "", None)]
)
def test_the_watchdog_is_told_twice_within_its_time_and_only_where_it_waits_for_us(monkeypatch, usec, pid, seconds):
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.setenv("WATCHDOG_PID", pid)
    assert module.watchdog_interval() == seconds
