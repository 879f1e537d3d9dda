"""What of a catalog cannot be looked into, and how the ledger keeps it."""

import pytest

from reaper.kinds import KINDS
from reaper.model import UninspectableService
from reaper.uninspectable import UNKNOWN, WHY, unseen_among, unseen_in, written

LISTED = {kind.service for kind in KINDS}


@pytest.mark.parametrize("service", sorted(LISTED))
def test_what_is_listed_is_looked_into(service):
    assert unseen_among([(service, "RegionOne")], LISTED) == ()


@pytest.mark.parametrize(
    "service",
    [
        "identity",
        "placement",
        "volume",
        "volumev2",
        "volumev3",
        "sharev2",
        "container-infrastructure-management",
        "quantum",
        "compute_legacy",
        "cloudformation",
        "metering",
    ],
)
def test_other_names_and_services_that_hold_nothing_are_no_blind_spot(service):
    assert unseen_among([(service, "RegionOne")], LISTED) == ()


def test_secrets_are_named_with_the_reason_in_each_region():
    named = [("key-manager", "two"), ("key-manager", "one"), ("compute", "one")]
    seen = unseen_among(named, LISTED)
    assert seen == (
        UninspectableService("key-manager", "one", WHY["key-manager"]),
        UninspectableService("key-manager", "two", WHY["key-manager"]),
    )
    assert str(seen[0]).startswith("key-manager in one: Barbican lists secrets")


def test_a_service_that_nobody_has_heard_of_is_a_blind_spot():
    assert unseen_among([("silly-service", "one")], LISTED) == (UninspectableService("silly-service", "one", UNKNOWN),)


def test_amazons_door_to_objects_is_a_blind_spot_only_without_swifts():
    assert unseen_among([("s3", "one"), ("object-store", "one")], LISTED) == ()
    assert [one.service for one in unseen_among([("s3", "one"), ("object-store", "two")], LISTED)] == ["s3"]


def test_the_ledger_gives_back_what_it_was_given():
    seen = unseen_among([("key-manager", "one"), ("silly-service", "two")], LISTED)
    assert unseen_in("sky", {"unseen in sky": written(seen)}.get) == seen
    assert unseen_in("sky", {}.get) == ()
    assert written(()) is None


@pytest.mark.parametrize("damaged", ["", "silly", "silly two", "\n\n"])
def test_a_fact_that_cannot_be_read_stops_nothing(damaged):
    assert unseen_in("sky", {"unseen in sky": damaged}.get) == ()
