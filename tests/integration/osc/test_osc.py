"""`openstack trial` as people run it: a process of its own, a real login, a real answer."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from reaper.model import IdleThing, LetterState, Resource
from tests.integration.api.conftest import (  # noqa: F401 - the same API
    api,
    empty_database,
    keystone,
    simulator,
    store,
    world,
)

pytest.importorskip("openstackclient", reason="python-openstackclient is not installed; it is part of the extra `osc`")
HOUR = timedelta(hours=1)
OPENSTACK = Path(sys.executable).parent / "openstack"


@pytest.fixture
def openstack(api, simulator, tmp_path):  # noqa: F811
    """Run a command as the member of a trial project."""
    root = api.url.removesuffix("/v1")

    def run(*command, endpoint=root, project="trial-aurora"):
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("OS_")},
            "HOME": str(tmp_path),
            "OS_AUTH_URL": simulator.auth_url,
            "OS_USERNAME": "trial-aurora-u0",
            "OS_PASSWORD": "pw",
            "OS_PROJECT_NAME": project,
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_IDENTITY_API_VERSION": "3",
            **({"OS_TRIAL_ENDPOINT": endpoint} if endpoint else {}),
        }
        return subprocess.run(
            [OPENSTACK, "trial", *command], capture_output=True, text=True, check=False, timeout=120, env=environment
        )

    return run


def test_a_member_shows_renews_and_is_away_and_is_told_why_not(openstack):
    shown = openstack("show", "-f", "json")
    assert shown.returncode == 0, shown.stderr
    lease = json.loads(shown.stdout)
    assert (lease["project"], lease["renewals_left"], lease["renewal_until"]) == (
        "trial-aurora",
        3,
        "2031-06-13T07:13:00Z",
    )
    renewed = openstack("renew", "--seen", "0", "-f", "json")
    assert json.loads(renewed.stdout)["expires_at"] == "2031-06-13T07:13:00Z"
    refused = openstack("renew")
    assert refused.returncode == 1
    assert "opens_before" in refused.stderr
    assert "2031-06-06" in refused.stderr
    away = openstack("away", "2031-06-20", "-f", "json")
    assert json.loads(away.stdout)["away_until"] == "2031-06-20T23:59:59Z"


def test_what_is_idle_is_told_with_the_lease(openstack, api, world):  # noqa: F811
    now = world.clock.now()
    address = Resource("floating_ip", "RegionOne", "fip", "", "project", "DOWN", {"address": "203.0.113.9"})
    times = {"lasts": 11 * HOUR, "notice": 5 * HOUR, "since": now - 7 * HOUR, "seen_at": now}
    letter = {"letter_id": "letter", "letter_state": LetterState.ACCEPTED, "accepted_at": now}
    world.idle = [IdleThing("1", api.ids["trial-aurora"], "trial: a rule", "unattached", address, **times, **letter)]
    shown = openstack("show", "-f", "json")
    assert json.loads(shown.stdout)["idle"] == ["floating_ip 203.0.113.9 goes from 2031-05-26T12:13:00Z"]


def test_without_an_endpoint_anywhere_it_says_what_is_missing(openstack):
    refused = openstack("show", endpoint=None)
    assert refused.returncode == 1
    assert "trial" in refused.stderr
