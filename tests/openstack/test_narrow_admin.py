"""A real Cinder and Glance whose own rule for admins is narrower than Keystone's role: what they hide is not gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.openstack.lab import Lab
from tests.openstack.lab.processes import listens
from tests.openstack.lab.seed import connect, log_in, make_tenant
from tests.openstack.operator import Eyes

pytestmark = pytest.mark.openstack
NARROW = '"context_is_admin": "role:cloud_admin"\n'


@pytest.fixture
def narrow(lab: Lab) -> Iterator[Callable[[str], None]]:
    """Give one service a policy file; everything is as it was afterwards."""
    files = {name: lab.settings.conf / name / "policy.yaml" for name in ("cinder", "glance")}

    def restart(name: str) -> None:
        lab.stop(name)
        while listens(lab.settings.port(name)):
            pass
        lab.start(name)

    def make_narrow(name: str) -> None:
        files[name].write_text(NARROW, encoding="utf-8")
        restart(name)

    yield make_narrow
    for name, file in files.items():
        if file.exists():
            file.unlink()
            restart(name)


def test_what_a_service_hides_from_its_lesser_admins_is_not_gone(lab, narrow, operator):
    """Their lists are empty and come with 200; the census says so, and its gate keeps everybody's things."""
    made = make_tenant(lab.cloud, "trial-hidden", servers=0, fips=0, volumes=1)
    user = log_in(connect(lab.cloud), "trial-hidden-u0", made["project"])
    image = {"name": "own", "disk_format": "raw", "container_format": "bare", "visibility": "private"}
    user.post("image", "/v2/images", image)
    assert {"images", "volumes"} <= Eyes(lab.cloud).owned_by(made["project"]).keys()
    narrow("cinder")
    narrow("glance")
    assert not {"images", "volumes"} & Eyes(lab.cloud).owned_by(made["project"]).keys()
    code, said = operator.say("sweep")
    assert code == 1
    assert "inventory" in said["gates"]
    [trouble] = said["troubles"]
    telling = ("Cinder",) if lab.settings.release == "2023.1" else ("Cinder", "Glance")  # see docs/kinds.md
    for name in telling:
        assert f"{name} in RegionOne does not take our account for an admin" in trouble
