"""Real forms of reports are read rightly: our own collection, and the one that Mailman's library is tested with."""

import ast
import subprocess
import sys
import tarfile

import pytest

from reaper.letters.bounces import Reading, read_bounce
from tests.corpus.specimens import specimens

SPECIMENS = specimens()
STRANGERS = ("neighbour@example.org", "ann@example.org", "user@example.invalid")


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.name)
def test_of_those_that_had_the_letter_a_report_names_who_lost_it_and_nobody_else(specimen):
    bounce = read_bounce(specimen.raw)
    assert sorted(bounce.failed_of(specimen.had)) == sorted(specimen.failed)
    assert sorted(bounce.delayed) == sorted(specimen.delayed)


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.name)
def test_a_report_names_only_who_failed_also_when_nobody_says_who_had_the_letter(specimen):
    assert sorted(read_bounce(specimen.raw).failed) == sorted(specimen.names)


@pytest.mark.parametrize("specimen", [one for one in SPECIMENS if one.nothing], ids=lambda specimen: specimen.name)
def test_what_is_no_failure_is_told_from_what_cannot_be_read(specimen):
    assert read_bounce(specimen.raw).reading is Reading(specimen.nothing)


@pytest.mark.parametrize("specimen", [one for one in SPECIMENS if one.failed], ids=lambda specimen: specimen.name)
def test_a_report_with_the_line_ends_of_mail_says_the_same(specimen):
    raw = specimen.raw.replace(b"\n", b"\r\n")
    assert sorted(read_bounce(raw).failed_of(specimen.had)) == sorted(specimen.failed)


def test_the_collection_is_large_enough_to_mean_something():
    assert sum(1 for one in SPECIMENS if one.failed) >= 80
    assert len({one.name for one in SPECIMENS}) == len(SPECIMENS)


# ---------------------------------------------------------------- Mailman's


@pytest.fixture(scope="module")
def mailman(tmp_path_factory):
    """The test data of `flufl.bounce` 6.0 from its source archive: file name, addresses, and whether it is for now."""
    folder = tmp_path_factory.mktemp("flufl")
    asked = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-binary",
        ":all:",
        "--quiet",
        "flufl.bounce==6.0",
    ]
    got = subprocess.run([*asked, "--dest", folder], capture_output=True, text=True, check=False, timeout=300)
    archives = list(folder.glob("flufl*bounce*.tar.gz"))
    if got.returncode or not archives:
        pytest.skip(f"the source of flufl.bounce cannot be had: {got.stderr.strip()[-200:]}")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    tests = next(folder.glob("flufl*/tests"))
    tree = ast.parse((tests / "test_detectors.py").read_text())
    table = next(node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "DETECTORS")
    return tests / "data", ast.literal_eval(table)


def test_at_least_99_of_a_hundred_real_bounces_are_read_rightly(mailman):
    data, table = mailman
    wanted = {}
    for _, name, addresses, for_now in table:
        if addresses and not for_now:
            wanted.setdefault(name, set()).update(address.decode().lower() for address in addresses)
    wrong = {}
    for name, right in wanted.items():
        bounce = read_bounce((data / name).read_bytes())
        found = {address.lower() for address in bounce.failed_of((*sorted(right), *STRANGERS))}
        named = {address.lower() for address in bounce.failed}
        if found != right or not named <= right:
            wrong[name] = (found, named)
    assert len(wanted) >= 100
    assert len(wrong) <= 1, wrong


def test_none_of_eleven_real_reports_of_a_delay_is_a_failure(mailman):
    data, table = mailman
    delays = {name: addresses for _, name, addresses, for_now in table if for_now}
    assert len(delays) == 11
    for name, addresses in delays.items():
        bounce = read_bounce((data / name).read_bytes())
        assert not bounce.says_failure, name
        assert bounce.failed_of([address.decode() for address in addresses]) == {}, name
