"""Images of servers: whose they are, how they are found again, and all that keeps one from being deleted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reaper.cloud import Writer
from reaper.errors import Gone, Refused
from reaper.execute.archive import judged
from reaper.model import ArchiveState, ServerArchive
from reaper.simulator import Simulator
from reaper.simulator.image.members import add_member
from tests.contract.cloud import done, wait_until
from tests.contract.tenant import Tenant

NOW = datetime(2031, 5, 4, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


class Made:
    """A server with the image that an archive has asked for."""

    def __init__(self, simulator: Simulator, cloud: Writer) -> None:
        self.simulator, self.cloud = simulator, cloud
        self.tenant = simulator.seed.tenant("trial-images", servers=1)
        listing = cloud.resources("server", cloud.regions[0], [self.tenant.project_id])
        (self.server,) = listing.resources
        asked = ServerArchive(
            id="mark-of-silly",
            tenant_id="t",
            project_id=self.tenant.project_id,
            lease_id="l",
            region=self.server.region,
            server_id=self.server.id,
            server_name=self.server.name,
            begun_at=NOW,
            asked_at=NOW,
            kept_until=NOW + DAY,
        )
        self.unheard = asked
        self.archive = replace(asked, image_id=cloud.make_archive(self.server, asked, "kept"))
        simulator.settle()

    @property
    def image(self) -> dict[str, object]:
        assert self.archive.image_id is not None
        return self.simulator.cloud.home["images"][self.archive.image_id]

    def delete(self, now: datetime = NOW + 2 * DAY) -> None:
        self.cloud.delete_archive(self.archive, now)

    def stays(self, why: str, now: datetime = NOW + 2 * DAY) -> None:
        """It is refused, and nothing was sent."""
        writes = len(self.simulator.writes("image"))
        with pytest.raises(Refused, match=why):
            self.delete(now)
        assert len(self.simulator.writes("image")) == writes
        assert self.archive.image_id in self.simulator.cloud.home["images"]


@pytest.fixture
def made(simulator: Simulator, at: Callable[..., Writer]) -> Made:
    return Made(simulator, at(simulator))


def test_an_image_belongs_to_reapers_own_project_and_the_tenant_may_use_it(made: Made):
    assert made.image["owner"] != made.tenant.project_id
    assert made.image["visibility"] == "shared"
    members = made.simulator.cloud.home["image_members"].values()
    assert [member["member_id"] for member in members] == [made.tenant.project_id]
    listing = made.cloud.resources("image", made.cloud.regions[0], [made.tenant.project_id])
    assert made.archive.image_id not in {one.id for one in listing.resources}
    image = made.cloud.archive_image(made.archive)
    assert image is not None
    assert image.ready


def test_an_image_is_found_again_by_its_mark_when_the_answer_was_lost(made: Made):
    found = made.cloud.archive_image(made.unheard)
    assert found is not None
    assert found.id == made.archive.image_id
    assert made.cloud.archive_image(replace(made.unheard, id="another-mark")) is None


def test_an_image_that_has_inherited_the_mark_is_not_taken_for_the_archive(made: Made):
    # Given a server that was started from the kept image, of which Reaper's own project makes an image in turn.
    seed, home = made.simulator.seed, made.simulator.cloud.home
    heir = seed.server(made.tenant.project_id, "heir")
    home["servers"][heir]["image"] = made.archive.image_id
    (server,) = [r for r in _servers(made) if r.id == heir]
    later = replace(made.unheard, id="later", server_id=heir)
    copy = made.cloud.make_archive(server, later, "of the heir")
    made.simulator.settle()
    home["images"][copy]["reaper_archive"] = made.archive.id  # as Nova copies it where nobody says otherwise

    # Then the search and the delete still mean the one that was made.
    found = made.cloud.archive_image(made.unheard)
    assert found is not None
    assert found.id == made.archive.image_id
    with pytest.raises(Refused, match=r"mark|another server"):
        made.cloud.delete_archive(replace(made.archive, image_id=copy), NOW + 2 * DAY)
    made.delete()
    assert copy in home["images"]


def _servers(made: Made):
    return made.cloud.resources("server", made.cloud.regions[0], [made.tenant.project_id]).resources


def test_an_image_whose_time_is_over_is_deleted(made: Made):
    made.delete()
    assert made.archive.image_id not in made.simulator.cloud.home["images"]
    with pytest.raises(Gone):
        made.delete()


def test_an_image_is_not_deleted_before_its_time(made: Made):
    made.stays("is kept until", NOW)


def test_an_image_that_a_person_keeps_longer_stays(made: Made):
    made.image["reaper_kept_until"] = "2032-01-01T00:00:00Z"
    made.stays("is kept until 2032-01-01")
    made.image["reaper_kept_until"] = "for ever"
    made.stays("does not say until when")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"protected": True}, "protected"),
        ({"visibility": "public"}, "others may use it"),
        ({"visibility": "community"}, "others may use it"),
        ({"owner": "somebody"}, "does not belong"),
        ({"reaper_archive": "other"}, "mark"),
        ({"reaper_server": "other"}, "mark"),
        ({"instance_uuid": "other"}, "another server"),
    ],
)
def test_an_image_that_is_not_by_every_sign_the_archives_stays(made: Made, changes, why):
    made.image.update(changes)
    made.stays(why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"owner": "the tenant"}, "does not belong"),
        ({"reaper_archive": "other"}, "mark"),
        ({"instance_uuid": "other"}, "another server"),
    ],
)
def test_no_server_goes_for_an_image_that_is_not_by_every_sign_its_archives(made: Made, changes, why):
    made.image.update(changes)
    found = made.cloud.archive_image(made.archive)
    assert found is not None
    assert not found.ready
    row = judged(made.archive, found, NOW)
    assert (row.state, row.covers) == (ArchiveState.FAILED, False)
    assert why in row.why


def test_an_image_that_was_given_to_another_project_stays(made: Made):
    other = made.simulator.seed.project("other")
    with made.simulator.cloud.lock:
        add_member(made.simulator.cloud.home, made.archive.image_id, other)
    made.stays("given to project")


def test_the_image_says_how_long_it_is_kept(made: Made):
    made.cloud.prolong_archive(replace(made.archive, kept_until=NOW + 9 * DAY))
    assert made.image["reaper_kept_until"] == "2031-05-13T03:02:00Z"
    with pytest.raises(Refused):
        made.cloud.prolong_archive(replace(made.archive, id="another-mark"))


def test_no_image_is_asked_of_a_server_of_another_project(made: Made):
    writes = len(made.simulator.writes("compute"))
    with pytest.raises(Refused, match="belongs to project"):
        made.cloud.make_archive(made.server, replace(made.unheard, project_id="another"), "kept")
    assert len(made.simulator.writes("compute")) == writes


def test_a_real_service_takes_all_that_is_asked_about_an_image(cloud: Writer, tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    server_id = tenant.server(network)["id"]
    (server,) = cloud.resources("server", cloud.regions[0], [tenant.project_id]).resources
    now = NOW
    unheard = ServerArchive(
        id=f"mark-of-{server_id}",
        tenant_id="t",
        project_id=tenant.project_id,
        lease_id="l",
        region=server.region,
        server_id=server_id,
        server_name=server.name,
        begun_at=now,
        asked_at=now,
        kept_until=now + DAY,
    )
    archive = replace(unheard, image_id=cloud.make_archive(server, unheard, "kept"))
    found = cloud.archive_image(unheard)
    assert found is not None
    assert found.id == archive.image_id
    if found.status == "queued":  # Nova's fake driver fills no image: it would be so for ever
        content = {"Content-Type": "application/octet-stream"}
        done(tenant.admin.image.put(f"/images/{found.id}/file", data=b"silly", headers=content), 204)
    ready = wait_until(lambda: (image := cloud.archive_image(archive)) and image.ready and image, "the image is ready")
    assert ready.size
    longer = replace(archive, kept_until=now + 2 * DAY)
    cloud.prolong_archive(longer)
    with pytest.raises(Refused, match="is kept until"):
        cloud.delete_archive(archive, now + DAY + DAY / 2)
    cloud.delete_archive(longer, now + 3 * DAY)
    assert cloud.archive_image(archive) is None
