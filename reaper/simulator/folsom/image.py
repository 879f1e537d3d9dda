"""Glance v1: images are public or not, and who has one is told by its members."""

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.image.images import DEFAULT_PAGE, delete_image, find, is_member
from reaper.simulator.paging import limit_asked, page_of

# What a list is filtered by (glance 2012.2 api/v1); anything else is ignored, the owner too.
FILTERS = ("name", "status", "container_format", "disk_format", "protected")


def _shown(image: Record) -> Record:
    keys = (
        "id", "name", "owner", "size", "status", "disk_format", "container_format", "checksum", "min_disk", "min_ram",
        "protected", "created_at", "updated_at",
    )  # fmt: skip
    more = {"is_public": image["visibility"] == "public", "deleted": False, "deleted_at": None, "properties": {}}
    return {key: image[key] for key in keys} | more


def _sees(ask: Request, image: Record) -> bool:
    """Say whether a list shows an image: for an admin is_public None means all, for others there is no such word."""
    public, wanted = image["visibility"] == "public", (ask.asked("is_public") or "true").lower()
    if ask.admin:
        return wanted == "none" or public is (wanted == "true")
    return public or image["owner"] == ask.project_id or is_member(ask.region, image["id"], ask.project_id)


def list_images(ask: Request) -> ApiAnswer:
    """List images newest first, 25 at a time unless a limit is given; there is no link to the next page."""

    def lost(marker: str) -> None:
        refuse("image", 400, f"Invalid marker. Image {marker} could not be found.")

    wanted = [(key, value) for key, value in ask.query if key in FILTERS]
    every = [
        image
        for image in ask.region["images"].values()
        if _sees(ask, image) and all(str(image.get(key)).lower() == value.lower() for key, value in wanted)
    ]
    every.sort(key=lambda image: (image["created_at"], image["id"]), reverse=True)
    limit = limit_asked(ask, "limit param must be an integer")
    page, _ = page_of(ask, every, DEFAULT_PAGE if limit is None else limit, lost)
    return ApiAnswer(200, {"images": [_shown(image) for image in page]})


def list_members(ask: Request, image_id: str) -> ApiAnswer:
    """List who has an image."""
    find(ask, image_id)
    every = [one for one in ask.region["image_members"].values() if one["image_id"] == image_id]
    return ApiAnswer(200, {"members": [{"member_id": one["member_id"], "can_share": False} for one in every]})


def remove_image(ask: Request, image_id: str) -> ApiAnswer:
    """Delete an image; the answer is 200 and empty."""
    delete_image(ask, image_id)
    return ApiAnswer(200)


def versions(_ask: Request) -> ApiAnswer:
    """Show Glance's versions, with links to the address that it listens on."""
    every = [
        {"id": name, "status": status, "links": [{"rel": "self", "href": f"http://0.0.0.0:9292/{place}/"}]}
        for name, status, place in (
            ("v2.0", "EXPERIMENTAL", "v2"),
            ("v1.1", "CURRENT", "v1"),
            ("v1.0", "SUPPORTED", "v1"),
        )
    ]
    return ApiAnswer(300, {"versions": every})


ROUTES = (
    Route("GET", "/", versions, None),
    Route("GET", "/v1/images/detail", list_images),
    Route("GET", "/v1/images/{}/members", list_members),
    Route("DELETE", "/v1/images/{}", remove_image),
)
