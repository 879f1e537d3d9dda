"""Image members: the projects an image is shared with."""

from reaper.simulator.clock import seconds
from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.image.images import find
from reaper.simulator.state import Region


def add_member(region: Region, image_id: str, project_id: str, status: str = "pending") -> Record:
    """Share an image with a project."""
    now = seconds(region.cloud.clock.now())
    member = {
        "image_id": image_id,
        "member_id": project_id,
        "status": status,
        "created_at": now,
        "updated_at": now,
        "schema": "/v2/schemas/member",
    }
    region["image_members"][f"{image_id}/{project_id}"] = member
    return member


def list_members(ask: Request, image_id: str) -> ApiAnswer:
    """List an image's members."""
    if find(ask, image_id)["visibility"] != "shared":
        refuse("image", 403, f"Not allowed to list members for image {image_id}: Only shared images have members.")
    every = [one for one in ask.region["image_members"].values() if one["image_id"] == image_id]
    return ApiAnswer(200, {"members": every, "schema": "/v2/schemas/members"})


def create_member(ask: Request, image_id: str) -> ApiAnswer:
    """Share an image; only one of visibility `shared`."""
    image = find(ask, image_id, changing="add_member")
    if image["visibility"] != "shared":
        refuse("image", 403, f"Not allowed to create members for image {image_id}.")
    return ApiAnswer(200, add_member(ask.region, image_id, str(ask.document().get("member"))))


def _member(ask: Request, image_id: str, project_id: str) -> Record:
    member = ask.region["image_members"].get(f"{image_id}/{project_id}")
    if member is None:
        refuse("image", 404, f"{project_id} not found in the member list of the image {image_id}.")
    return member


def update_member(ask: Request, image_id: str, project_id: str) -> ApiAnswer:
    """Accept or reject, as the member."""
    member = _member(ask, image_id, project_id)
    member["status"] = ask.document().get("status", member["status"])
    return ApiAnswer(200, member)


def delete_member(ask: Request, image_id: str, project_id: str) -> ApiAnswer:
    """Stop sharing with a project."""
    _member(ask, image_id, project_id)
    del ask.region["image_members"][f"{image_id}/{project_id}"]
    return ApiAnswer(204)


ROUTES = (
    Route("GET", "/v2/images/{}/members", list_members),
    Route("POST", "/v2/images/{}/members", create_member),
    Route("PUT", "/v2/images/{}/members/{}", update_member),
    Route("DELETE", "/v2/images/{}/members/{}", delete_member),
)
