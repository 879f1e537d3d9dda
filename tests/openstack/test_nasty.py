"""A tenant that has everything that is hard to take away is reclaimed to zero, and what is not its alone is named."""

from __future__ import annotations

import pytest

from tests.openstack.nasty import make_nasty
from tests.openstack.operator import Eyes

pytestmark = pytest.mark.openstack


def test_a_nasty_tenant_is_reclaimed_to_what_others_need(lab, operator):
    """All goes but the protected image and what a neighbour's port lives on: network, address, the way to it."""
    nasty = make_nasty(lab.cloud, "trial-nasty")
    eyes = Eyes(lab.cloud)
    before = eyes.everything()
    operator.say("sweep")
    code, receipt = operator.say("tenant", "reclaim", f"{lab.cloud}/{nasty.name}", "--confirm", nasty.name)
    told = operator.say("tenant", "history", f"{lab.cloud}/{nasty.name}")[1]

    assert code == 0, receipt
    assert receipt["state"] == "RECLAIMED"
    after = eyes.everything()
    left = after.pop(nasty.project)
    owned = before.pop(nasty.project)
    way_out = {kind: left.pop(kind) for kind in ("ports", "floatingips", "routers")}
    assert {kind: len(ids) for kind, ids in way_out.items()} == {"ports": 1, "floatingips": 1, "routers": 1}
    assert left == {
        "images": [nasty.protected_image],
        "networks": [nasty.shared_network],
        "subnets": [nasty.shared_subnet],
        "rbac_policies": [nasty.sharing],
    }
    # Everybody else has what they had; the inner ports of floating IPs and gateways belong to nobody.
    assert {owner: kinds for owner, kinds in after.items() if owner} == {
        owner: kinds for owner, kinds in before.items() if owner
    }
    said = next(event["text"] for event in told if event["what"] == "reclaimed")
    assert f"network lent: port guest of project {nasty.neighbour} is on it" in said
    assert "image precious: it is protected" in said
    assert sum(map(len, owned.values())) - sum(map(len, left.values())) > 38
