"""Which questions a listing asks, and what it makes of odd answers."""

from typing import Any

import pytest

from reaper.cloud.capabilities import Capabilities
from reaper.cloud.cells import cells_down
from reaper.cloud.dialect.endpoint import TODAY
from reaper.cloud.facts import SERVED
from reaper.cloud.list_queries import groups, list_queries
from reaper.cloud.list_scope import WORTH_A_CALL, ListScope
from reaper.cloud.listing import list_kind
from reaper.cloud.rows import BY_KIND, INTERFACES, ROWS, port_or_interface
from reaper.errors import Gone, ReaperError, Temporary, Unusable
from reaper.kinds import KINDS

OTHERS = {"extensions": [{"alias": "router"}, {"alias": "quotas"}]}
IDS = [f"{n:032x}" for n in range(500)]
ONE_BY_ONE = ["server", "volume", "volume_snapshot", "backup", "volume_group", "image"]
AT_ONCE = ["port", "network", "subnet", "router", "floating_ip", "security_group", "trunk", "rbac_policy"]
FILTERED = [row for row in ROWS if row.filter.by]


class Stub:
    """A wire that answers each path from a table."""

    def __init__(self, answers: dict[str, Any], *, offers: bool | ReaperError = True) -> None:
        self.answers = answers
        self.capabilities = Capabilities()
        self.list_scope = ListScope()
        self.asked: list[str] = []
        self._offers = offers

    def offers(self, _service: str, _region: str) -> bool:
        if isinstance(self._offers, ReaperError):
            raise self._offers
        return self._offers

    def api_generation(self, _service: str, _region: str) -> str:
        return TODAY

    def own_project(self) -> str:
        return "f" * 32

    def microversion(self, _region: str, _service: str) -> tuple[int, int] | None:
        return self.answers.get("microversion", (3, 59))

    def get(self, _service: str, _region: str, path: str, _params: Any = None) -> Any:
        self.asked.append(path)
        answer = self.answers[path]
        if isinstance(answer, ReaperError):
            raise answer
        return answer


def listed(kind: str, answers: dict[str, Any], **more: Any) -> Any:
    return list_kind(Stub(answers, **more), kind, "silly", None)


def test_there_is_one_row_for_each_kind_in_the_same_order():
    assert [row.kind for row in ROWS] == [kind.name for kind in KINDS]


@pytest.mark.parametrize("kind", ONE_BY_ONE)
def test_a_service_that_takes_one_project_is_asked_one_by_one(kind: str):
    assert groups(BY_KIND[kind], IDS[:95]) == [(one,) for one in IDS[:95]]


class Counted(Stub):
    """A Cinder with so many volumes, which notes how each page was asked for."""

    def __init__(self, volumes: int) -> None:
        super().__init__({})
        self.volumes = [{"id": f"v{n:04}", "os-vol-tenant-attr:tenant_id": IDS[n % 50]} for n in range(volumes)]
        self.queries: list[Any] = []

    def get(self, _service: str, _region: str, _path: str, params: Any = None) -> Any:
        self.queries.append(params)
        (project,) = params.get("project_id", [None])
        mine = [v for v in self.volumes if project in {None, v["os-vol-tenant-attr:tenant_id"]}]
        return {"volumes": [v for v in mine if v["id"] > params.get("marker", "")][: int(params["limit"])]}


def test_a_small_cloud_is_read_at_once_for_several_projects():
    wire = Counted(WORTH_A_CALL * 4 - 1)
    listing = list_kind(wire, "volume", "silly", IDS[:4])
    assert [query.get("project_id") for query in wire.queries] == [None]
    assert listing.complete
    assert {one.project_id for one in listing.resources} >= set(IDS[:4])


def test_a_large_cloud_is_read_project_by_project_after_one_try():
    wire = Counted(WORTH_A_CALL * 4 + 7)
    for _ in range(2):
        listing = list_kind(wire, "volume", "silly", IDS[:4])
        assert listing.complete
        assert {one.project_id for one in listing.resources} == set(IDS[:4])
    each = [[one] for one in IDS[:4]]
    assert [query.get("project_id") for query in wire.queries] == [None, *each, *each]


def test_one_project_is_never_worth_reading_the_cloud():
    wire = Counted(3)
    list_kind(wire, "volume", "silly", IDS[:1])
    assert [query.get("project_id") for query in wire.queries] == [IDS[:1]]


@pytest.mark.parametrize("kind", AT_ONCE)
def test_a_service_that_takes_several_projects_gets_fifty_in_a_call(kind: str):
    found = groups(BY_KIND[kind], IDS[:95])
    assert [len(some) for some in found] == [50, 45]
    assert [one for some in found for one in some] == IDS[:95]


@pytest.mark.parametrize("row", [row for row in ROWS if not row.filter.by], ids=lambda row: row.kind)
def test_a_service_without_a_filter_is_asked_for_everything_once(row: Any):
    assert groups(row, []) == []
    assert groups(row, IDS) == [()]
    assert len(list(list_queries(row, IDS))) == 1


@pytest.mark.parametrize("row", FILTERED, ids=lambda row: row.kind)
def test_no_project_is_asked_for_without_the_filter_and_none_at_all_when_none_is_wanted(row: Any):
    assert groups(row, []) == []
    assert groups(row, None) == [()]
    for params in list_queries(row, IDS[:3]):
        assert params[row.filter.by]
    for params in list_queries(row, None):
        assert row.filter.by not in params


def test_each_service_is_asked_for_everybody():
    (nova,) = list_queries(BY_KIND["server"], IDS[:1])
    assert nova == {"all_tenants": "1", "soft_deleted": "true", "project_id": [IDS[0]]}
    (cinder,) = list_queries(BY_KIND["volume"], None)
    assert cinder == {"all_tenants": "1"}
    plain, hidden = list_queries(BY_KIND["image"], IDS[:1])
    assert plain == {"visibility": "all", "owner": [IDS[0]]}
    assert hidden == {**plain, "os_hidden": "true"}


def test_our_own_project_is_named_before_those_whose_security_groups_are_asked_for():
    (params,) = list_queries(BY_KIND["security_group"], IDS[:2], own="f" * 32)
    assert params["tenant_id"] == ["f" * 32, *IDS[:2]]


@pytest.mark.parametrize("owner", sorted(INTERFACES))
def test_what_leaves_through_a_router_is_its_interface(owner: str):
    assert port_or_interface({"device_owner": owner}) == "router_interface"


@pytest.mark.parametrize("owner", sorted(SERVED))
def test_a_port_that_neutron_made_for_something_is_a_kind_of_its_own(owner: str):
    assert port_or_interface({"device_owner": owner}) == "managed_port"


@pytest.mark.parametrize("owner", ["", None, "compute:nova", "trunk:subport", "network:local_ip", "silly", "Octavia"])
def test_any_other_port_is_a_port(owner: str | None):
    assert port_or_interface({"device_owner": owner}) == "port"


def test_an_owner_that_is_missing_or_empty_is_unknown():
    records = [
        {"id": "a"},
        {"id": "b", "project_id": ""},
        {"id": "c", "tenant_id": "t"},
        {"id": "d", "project_id": None},
    ]
    listing = listed("subnet", {"/subnets": {"subnets": records}})
    assert listing.complete
    assert [one.project_id for one in listing.resources] == [None, None, "t", None]


def test_a_service_that_is_not_in_the_catalog_is_absent():
    listing = listed("server", {}, offers=False)
    assert (listing.absent, listing.complete, listing.resources) == (True, True, ())


def test_a_catalog_that_cannot_be_read_is_not_an_absent_service():
    listing = listed("server", {}, offers=Unusable("silly"))
    assert (listing.absent, listing.complete, listing.why) == (False, False, "silly")


def test_a_404_is_an_absent_kind_only_when_neutron_runs_without_its_extension():
    gone = Gone("silly (404)")
    known = {"extensions": [{"alias": "router"}, {"alias": "quotas"}]}
    assert listed("security_group", {"/security-groups": gone, "/extensions": known}).absent
    for answers in (
        {"/routers": gone, "/extensions": known},
        {"/routers": gone, "/extensions": {"extensions": []}},
        {"/routers": gone, "/extensions": Temporary("silly")},
        {"/routers": gone, "/extensions": []},
    ):
        listing = listed("router", answers)
        assert (listing.absent, listing.complete) == (False, False)
    assert not listed("network", {"/networks": gone, "/extensions": known}).complete


def test_a_kind_that_a_region_turned_out_not_to_have_is_asked_for_once():
    wire = Stub({"/trunks": Gone("silly (404)"), "/qos/policies": Gone("silly (404)"), "/extensions": OTHERS})
    for _ in range(3):
        for kind in ("trunk", "qos_policy"):
            assert list_kind(wire, kind, "silly", None).absent
    assert sorted(wire.asked) == ["/extensions", "/qos/policies", "/trunks"]
    wire.capabilities.forget()
    assert list_kind(wire, "trunk", "silly", None).absent
    assert len(wire.asked) == 5


def test_an_empty_answer_about_extensions_is_not_kept():
    wire = Stub({"/trunks": Gone("silly (404)"), "/extensions": {"extensions": []}})
    assert not list_kind(wire, "trunk", "silly", None).complete
    wire.answers["/extensions"] = OTHERS
    assert list_kind(wire, "trunk", "silly", None).absent


@pytest.mark.parametrize(("version", "absent"), [(None, True), ((3, 12), True), ((3, 13), False), ((3, 59), False)])
def test_a_kind_that_the_services_version_does_not_know_is_absent_and_costs_no_call(version: Any, absent: Any):
    wire = Stub({"microversion": version, "/groups/detail": {"groups": []}})
    assert list_kind(wire, "volume_group", "silly", None).absent is absent
    assert wire.asked == ([] if absent else ["/groups/detail"])


def test_the_port_forwardings_shown_in_a_floating_ip_are_its_owners():
    inside = {"id": "f", "internal_port_id": "p"}
    records = [{"id": "a", "project_id": "t", "port_forwardings": [inside, {"internal_port_id": "nameless"}]}]
    for kind, found in (("floating_ip", ["floating_ip", "port_forwarding"]), ("port_forwarding", ["port_forwarding"])):
        listing = listed(kind, {"/floatingips": {"floatingips": records}})
        assert [one.kind for one in listing.resources] == found
    (forwarding,) = listing.resources
    assert (forwarding.id, forwarding.project_id) == ("f", "t")
    assert forwarding.facts == {"floating_ip_id": "a", "port_id": "p"}


def image(key: str, owner: str, visibility: str = "shared") -> dict[str, str]:
    return {"id": key, "owner": owner, "visibility": visibility}


def test_the_members_of_an_image_are_counted_only_where_they_matter():
    images = [image("a", "t"), image("b", "t", "private"), image("c", "someone")]
    members = {"members": [{"member_id": "x"}, {"member_id": "y"}]}
    wire = Stub({"/images": {"images": images}, "/images/a/members": members})
    listing = list_kind(wire, "image", "silly", ["t"])
    assert {one.id: one.facts.get("members") for one in listing.resources} == {"a": 2, "b": None, "c": None}
    assert set(wire.asked) == {"/images", "/images/a/members"}
    assert "members" not in list_kind(wire, "image", "silly", None).resources[0].facts


@pytest.mark.parametrize("answer", [Temporary("silly (500)"), {"members": None}, []])
def test_images_whose_members_cannot_be_counted_make_the_list_incomplete(answer: Any):
    wire = Stub({"/images": {"images": [image("a", "t")]}, "/images/a/members": answer})
    listing = list_kind(wire, "image", "silly", ["t"])
    assert not listing.complete
    assert [one.id for one in listing.resources] == ["a"]


@pytest.mark.parametrize(
    "odd",
    [{"addresses": ["x"]}, {"addresses": {"net": None}}, {"addresses": {"net": [7]}}, {"flavor": "x"}],
    ids=str,
)
def test_a_record_that_is_not_as_expected_makes_the_list_incomplete(odd: dict[str, Any]):
    sound = {"id": "a", "tenant_id": "t", "addresses": {}}
    servers = {"servers": [sound, {**sound, "id": "b", **odd}]}
    listing = listed("server", {"/servers/detail": servers, "/os-services": {"services": []}})
    assert [one.id for one in listing.resources] == ["a"]
    assert "server b is not as expected" in listing.why


def test_a_server_in_a_silent_cell_makes_the_list_incomplete():
    servers = {"servers": [{"id": "a", "tenant_id": "t", "status": "UNKNOWN"}]}
    listing = listed("server", {"/servers/detail": servers, "/os-services": {"services": []}})
    assert "1 servers are UNKNOWN" in listing.why
    assert [one.id for one in listing.resources] == ["a"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"services": [{"host": "h1", "status": "enabled"}]}, ""),
        ({"services": []}, ""),
        ({"services": [{"host": "h1", "status": "UNKNOWN"}, {"host": "h2", "status": "enabled"}]}, "hosts are h1"),
        ({}, "cannot be told"),
        ([], "cannot be told"),
        (Temporary("silly (500)"), "silly (500)"),
        (Gone("silly"), ""),
    ],
)
def test_a_cell_that_does_not_answer_is_seen_in_the_list_of_services(answer: Any, why: str):
    found = cells_down(Stub({"/os-services": answer}), "silly")
    assert why in found
    assert bool(found) is bool(why)
    servers = {"/servers/detail": {"servers": []}, "/os-services": answer}
    assert listed("server", servers).complete is not bool(why)
