"""`openstack trial` as a tenant's people type it: the released client, a real Keystone's tokens, the running daemon."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from tests.openstack.lab import Lab
from tests.openstack.lab.seed import PASSWORD, Account, connect
from tests.openstack.operator import Mailbox, Operator

pytestmark = pytest.mark.openstack
pytest.importorskip("openstackclient", reason="python-openstackclient is not installed; it is part of the extra `osc`")

OPENSTACK = Path(sys.executable).parent / "openstack"
POLICY = """\
policy: trial
match: {names: ["trial-*"]}
enforce: notify
lease: {lasts: 30d, warn_before: [7d], notice: 48h}
renewal: {by: 14d, times: 2, at_most: 90d, opens_before: 30d, away: 21d}
suspension: {lasts: 7d}
"""

Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def people(lab: Lab) -> SimpleNamespace:
    """Give two trial projects, and people with one role each on the first; `bob` is a member of the second."""
    admin = connect(lab.cloud)
    roles = {one["name"]: one["id"] for one in admin.get("identity", "/roles")["roles"]}
    ours, theirs = (make_project(admin, name) for name in ("trial-ours", "trial-theirs"))
    for user, role, project in (
        ("alice", "member", ours),
        ("ann", "admin", ours),
        ("ray", "reader", ours),
        ("bob", "member", theirs),
    ):
        made = make_user(admin, user)
        admin.put("identity", f"/projects/{project}/users/{made}/roles/{roles[role]}")
    return SimpleNamespace(admin=admin, ours=ours, theirs=theirs)


def make_project(admin: Account, name: str, domain: str = "default") -> str:
    body = {"project": {"name": name, "domain_id": domain}}
    return str(admin.post("identity", "/projects", body)["project"]["id"])


def make_user(admin: Account, name: str) -> str:
    body = {"user": {"name": name, "domain_id": "default", "password": PASSWORD, "email": f"{name}@example.org"}}
    return str(admin.post("identity", "/users", body)["user"]["id"])


@pytest.fixture
def daemon(people: SimpleNamespace, operator: Operator, mailbox: Mailbox) -> Iterator[Operator]:
    """Give the daemon at work, once it knows both projects; the catalog says where it answers."""
    (operator.folder / "policies" / "trial.yaml").write_text(POLICY, encoding="utf-8")
    operator.run()
    for name in ("trial-ours", "trial-theirs"):
        mailbox.wait_for(name, "runs until")
    service = {"service": {"type": "trial", "name": "reaper"}}
    made = people.admin.post("identity", "/services", service)["service"]["id"]
    where = {"service_id": made, "interface": "public", "region_id": "RegionOne"}
    people.admin.post("identity", "/endpoints", {"endpoint": {**where, "url": f"http://127.0.0.1:{operator.web}"}})
    return operator


@pytest.fixture
def openstack(lab: Lab, daemon: Operator, tmp_path: Path) -> Ask:
    """Type a command as somebody; nothing is said of where Reaper is."""

    def run(user: str, project: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        someone = {
            "OS_AUTH_URL": f"{lab.settings.url('keystone')}/v3",
            "OS_USERNAME": user,
            "OS_PASSWORD": PASSWORD,
            "OS_PROJECT_NAME": project,
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_REGION_NAME": "RegionOne",
        }
        clean = {key: value for key, value in os.environ.items() if not key.startswith("OS_")}
        return subprocess.run(
            [OPENSTACK, "trial", *words], capture_output=True, text=True, check=False, timeout=120,
            env={**clean, "HOME": str(tmp_path), **(more or someone)},
        )  # fmt: skip

    return run


def told(answer: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert answer.returncode == 0, answer.stderr
    return dict(json.loads(answer.stdout))


def moment(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


def test_a_member_shows_renews_and_is_away(openstack):
    """Found by the catalog, with no more than what the openstack client needs anyway."""
    lease = told(openstack("alice", "trial-ours", "show", "-f", "json"))
    assert (lease["project"], lease["state"], lease["renewals_left"]) == ("trial-ours", "ACTIVE", 2)
    renewed = told(openstack("alice", "trial-ours", "renew", "--seen", "0", "-f", "json"))
    assert renewed["expires_at"] == lease["renewal_until"]
    assert moment(renewed["expires_at"]) > moment(lease["expires_at"])
    again = openstack("alice", "trial-ours", "renew", "--seen", "0")
    assert again.returncode == 0, again.stderr
    day = (moment(renewed["expires_at"]) + timedelta(days=3)).date().isoformat()
    away = told(openstack("alice", "trial-ours", "away", day, "-f", "json"))
    assert str(away["away_until"]).startswith(day)
    assert away["renewals_used"] == 1
    refused = openstack("alice", "trial-ours", "away", day)
    assert refused.returncode == 1
    assert "the rule" in refused.stderr


def test_others_see_nothing_and_a_reader_changes_nothing(openstack, people):
    """A member of another project, an admin of one's own project, and one who may only look."""
    before = told(openstack("ray", "trial-ours", "show", "-f", "json"))
    for words in (("renew",), ("away", (datetime.now(UTC) + timedelta(days=40)).date().isoformat())):  # noqa: TID251 - the daemon's clock is the machine's
        refused = openstack("ray", "trial-ours", *words)
        assert refused.returncode == 1
        assert "role" in refused.stderr.lower()
    for user, project, target in (("bob", "trial-theirs", people.ours), ("ann", "trial-ours", people.theirs)):
        for words in (("show",), ("renew",)):
            refused = openstack(user, project, *words, "--trial-project", target)
            assert refused.returncode == 1
            assert "no such lease" in refused.stderr
    assert told(openstack("ray", "trial-ours", "show", "-f", "json")) == before


def test_an_admin_of_the_cloud_sees_and_renews_every_lease(lab, openstack, people, daemon):
    """By the admin's project and by the whole system; a token that Keystone took back is worth nothing at once."""
    admin, system = (
        {"OS_CLIENT_CONFIG_FILE": str(lab.clouds_yaml), "OS_CLOUD": cloud}
        for cloud in (lab.cloud, f"{lab.cloud}-system")
    )
    shown = told(openstack("", "", "show", "--trial-project", people.theirs, "-f", "json", **admin))
    assert shown["project"] == "trial-theirs"
    renewed = told(openstack("", "", "renew", "--trial-project", people.theirs, "-f", "json", **system))
    assert renewed["renewals_used"] == 1
    unnamed = openstack("", "", "show", **system)
    assert unnamed.returncode == 1
    assert "--os-project-name" in unnamed.stderr
    session = people.admin.session
    url, headers = f"http://127.0.0.1:{daemon.web}/v1/leases", {"X-Auth-Token": session.get_token()}
    listed = requests.get(url, headers=headers, timeout=60).json()
    assert [one["project"] for one in listed["leases"]] == ["trial-ours", "trial-theirs"]
    keystone = {"service_type": "identity", "interface": "public"}
    about = {"X-Subject-Token": headers["X-Auth-Token"]}
    session.delete("/auth/tokens", endpoint_filter=keystone, headers=about)
    assert requests.get(url, headers=headers, timeout=60).status_code == 401
