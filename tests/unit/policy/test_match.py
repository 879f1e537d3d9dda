"""Which tenants a policy covers: exact, anchored, predictable."""

import pytest

from reaper.policy import Match, Tags


def covers(match, cloud="c1", project_id="a1", name="trial-7", domain="trial", tags=()):
    return match.covers(cloud, project_id, name, domain, frozenset(tags))


@pytest.mark.parametrize(
    ("glob", "name", "fits"),
    [
        ("trial-*", "trial-7", True),
        ("trial-*", "trial-", True),
        ("trial-*", "my-trial-7", False),
        ("trial-*", "Trial-7", False),
        ("trial-*", "trial-7\n", True),
        ("trial", "trial-7", False),
        ("trial", "trial\n", False),
        ("trial", "trial ", False),
        ("tri", "trial", False),
        ("*", "", True),
        ("t?", "t7", True),
        ("t?", "t77", False),
        ("t[0-9]", "t7", True),
        ("t[!0-9]", "t7", False),
        ("t.*", "t7", False),
        ("t+", "tt", False),
        ("试用-*", "试用-王", True),
    ],
)
def test_a_name_is_matched_whole_and_case_by_case(glob, name, fits):
    assert covers(Match(names=(glob,)), name=name) is fits


def test_every_criterion_that_is_given_must_hold():
    match = Match(clouds=("c1",), domains=("trial",), names=("trial-*",), ids=("a1",), tags=Tags(any=("x",)))
    assert covers(match, tags=["x"])
    for other in ({"cloud": "c2"}, {"domain": "Trial"}, {"name": "t"}, {"project_id": "A1"}, {"tags": ["y"]}):
        assert not covers(match, **{"tags": ["x"], **other})


@pytest.mark.parametrize(
    ("tags", "has", "fits"),
    [
        (Tags(any=("a", "b")), ["b"], True),
        (Tags(any=("a", "b")), [], False),
        (Tags(all=("a", "b")), ["a", "b", "c"], True),
        (Tags(all=("a", "b")), ["a"], False),
        (Tags(none=("keep",)), [], True),
        (Tags(none=("keep",)), ["keep"], False),
        (Tags(none=("keep",)), ["Keep", "keeper"], True),
        (Tags(any=("a",), none=("keep",)), ["a", "keep"], False),
    ],
)
def test_tags_are_compared_whole(tags, has, fits):
    assert tags.fit(frozenset(has)) is fits


@pytest.mark.parametrize(
    ("match", "everything"),
    [
        (Match(names=("*",)), True),
        (Match(clouds=("c1",)), True),
        (Match(names=("a*", "*"), tags=Tags(none=("keep",))), True),
        (Match(names=("*",), domains=("d",)), False),
        (Match(tags=Tags(any=("a",))), False),
        (Match(names=("a*",)), False),
    ],
)
def test_a_match_knows_that_it_bounds_nothing(match, everything):
    assert match.is_everything is everything


def test_what_is_set_apart_for_a_project_is_matched_whole():
    assert covers(Match(aggregates=("cloudfoundry",)), tags=["aggregate/cloudfoundry"])
    assert not covers(Match(aggregates=("cloudfoundry",)), tags=["cloudfoundry", "region/cloudfoundry"])
    assert covers(Match(regions=("east",)), tags=["region/east", "aggregate/x"])
    assert not covers(Match(regions=("east",)), tags=["region/east-2"])


def test_a_policy_of_a_region_is_bound_by_it():
    assert Match(regions=("east",)).asks_what_is_set_apart
    assert not Match(regions=("east",)).is_everything
    assert not Match(names=("*",)).asks_what_is_set_apart
