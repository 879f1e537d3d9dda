"""Images: who sees which, pages of 25, protection, JSON patches."""

import json

from reaper.simulator.clock import seconds
from reaper.simulator.exchange import ApiAnswer, ApiError, Record, Request, Route, refuse
from reaper.simulator.paging import limit_asked, page_of
from reaper.simulator.state import Region, dashed

DEFAULT_PAGE = 25
#: What every image has; the rest are properties that somebody has given it, by which lists can be filtered, too.
PLAIN = frozenset(
    {
        *("id", "owner", "name", "disk_format", "container_format", "visibility", "size", "virtual_size", "status"),
        *("checksum", "protected", "min_ram", "min_disk", "os_hidden", "os_hash_algo", "os_hash_value", "created_at"),
        *("updated_at", "tags"),
    }
)
FILTERS = frozenset({"owner", "name", "status", "id", "protected"})
#: What in a query is no filter.
ASIDE = frozenset({"limit", "marker", "sort_key", "sort_dir", "sort", "visibility", "os_hidden", "member_status"})
VISIBILITIES = ("public", "private", "shared", "community", "all")
PATCHES = ("application/openstack-images-v2.0-json-patch", "application/openstack-images-v2.1-json-patch")


def new_image(region: Region, project_id: str, name: str, **given: object) -> Record:
    """Make an image record."""
    now = seconds(region.cloud.clock.now())
    image: Record = {
        "id": dashed(),
        "owner": project_id,
        "name": name,
        "disk_format": "raw",
        "container_format": "bare",
        "visibility": "shared",
        "size": None,
        "virtual_size": None,
        "status": "active",
        "checksum": None,
        "protected": False,
        "min_ram": 0,
        "min_disk": 0,
        "os_hidden": False,
        "os_hash_algo": None,
        "os_hash_value": None,
        "created_at": now,
        "updated_at": now,
        "tags": [],
    } | given
    region["images"][image["id"]] = image
    return image


def shown(image: Record) -> Record:
    """Show an image with its relative links."""
    here = f"/v2/images/{image['id']}"
    visible = {key: value for key, value in image.items() if not key.startswith("_")}
    return visible | {"self": here, "file": f"{here}/file", "schema": "/v2/schemas/image"}


def is_member(region: Region, image_id: str, project_id: str, *, accepted: bool = False) -> bool:
    """Say whether an image is shared with a project (and accepted there)."""
    member = region["image_members"].get(f"{image_id}/{project_id}")
    return member is not None and (not accepted or member["status"] == "accepted")


def _sees(ask: Request, image: Record) -> bool:
    if ask.admin or image["owner"] == ask.project_id or image["visibility"] in {"public", "community"}:
        return True
    return image["visibility"] == "shared" and is_member(ask.region, image["id"], ask.project_id)


def find(ask: Request, image_id: str, words: str = "No image found with ID {}", *, changing: str = "") -> Record:
    """Find an image the caller may see, or with `changing` (a verb) own; refuse otherwise."""
    image = ask.region["images"].get(image_id)
    if image is None or not _sees(ask, image):
        refuse("image", 404, words.format(image_id))
    if changing and not ask.admin and image["owner"] != ask.project_id:
        refuse("image", 403, f"You are not authorized to complete {changing} action.")
    return image


def _listed(ask: Request, image: Record) -> bool:
    wanted = ask.asked("visibility")
    hidden = (ask.asked("os_hidden") or "false").lower() == "true"
    if image["os_hidden"] is not hidden or not _sees(ask, image):
        return False
    if wanted not in {None, "all", image["visibility"]}:
        return False
    if wanted is None and image["visibility"] == "community" and image["owner"] != ask.project_id:
        return False  # other owners' community images are shown only to who asks for them
    if not ask.admin and image["visibility"] == "shared" and image["owner"] != ask.project_id:
        return is_member(ask.region, image["id"], ask.project_id, accepted=True)
    return True


def list_images(ask: Request) -> ApiAnswer:
    """List images newest first, 25 at a time unless a limit is given."""
    wanted = ask.asked("visibility")
    if wanted is not None and wanted not in VISIBILITIES:
        refuse("image", 400, f"Invalid visibility value: {wanted}")
    filters = [(key, value) for key, value in ask.query if key in FILTERS or key not in PLAIN | ASIDE]
    every = [
        image
        for image in ask.region["images"].values()
        if _listed(ask, image) and all(str(image.get(key)).lower() == value.lower() for key, value in filters)
    ]
    every.sort(key=lambda image: (image["created_at"], image["id"]), reverse=True)

    def lost(marker: str) -> None:
        refuse("image", 400, f"No image found with ID {marker}")

    limit = limit_asked(ask, "limit param must be an integer")
    page, query = page_of(ask, every, DEFAULT_PAGE if limit is None else limit, lost)
    first = "&".join(f"{key}={value}" for key, value in ask.query if key != "marker")
    document: Record = {
        "images": [shown(image) for image in page],
        "schema": "/v2/schemas/images",
        "first": f"/v2/images?{first}" if first else "/v2/images",
    }
    return ApiAnswer(200, document if query is None else document | {"next": f"/v2/images?{query}"})


def create_image(ask: Request) -> ApiAnswer:
    """Make an image without data yet: `queued`."""
    given = ask.document()
    if given.get("visibility") == "public" and not ask.admin:
        refuse("image", 403, "You are not authorized to complete publicize_image action.")
    owner = given.get("owner", ask.project_id) if ask.admin else ask.project_id
    plain = {key: value for key, value in given.items() if key not in {"owner", "name"}}
    image = new_image(ask.region, owner, given.get("name", ""), status="queued", **plain)
    return ApiAnswer(201, shown(image), headers={"Location": f"{ask.base}/v2/images/{image['id']}"})


def show_image(ask: Request, image_id: str) -> ApiAnswer:
    """Show an image."""
    return ApiAnswer(200, shown(find(ask, image_id)))


def put_file(ask: Request, image_id: str) -> ApiAnswer:
    """Take an image's data, of which only the size is kept; the image becomes active."""
    image = find(ask, image_id, changing="upload_image")
    image.update(size=len(ask.content), status="active", virtual_size=len(ask.content))
    return ApiAnswer(204)


def update_image(ask: Request, image_id: str) -> ApiAnswer:
    """Apply a JSON patch of replace, add and remove."""
    media = ask.headers.get("content-type", "").split(";")[0]
    if media not in PATCHES:
        message = (
            f"The request media type {media} is not supported by this server.\n"
            f"Image PATCH expects Content-Type one of: {', '.join(PATCHES)}"
        )
        page = ApiAnswer(
            415, text=message, media="text/html; charset=UTF-8", headers={"Accept-Patch": ", ".join(PATCHES)}
        )
        raise ApiError(page)
    image = find(ask, image_id, changing="modify_image")
    for step in json.loads(ask.content):
        key = step["path"].strip("/")
        if step["op"] == "remove":
            image.pop(key, None)
        else:
            image[key] = step["value"]
    image["updated_at"] = seconds(ask.cloud.clock.now())
    return ApiAnswer(200, shown(image))


def delete_image(ask: Request, image_id: str) -> ApiAnswer:
    """Delete an image; a protected one is a 403 in HTML, also for admins."""
    image = find(ask, image_id, "Failed to find image {} to delete", changing="delete_image")
    if status := ask.cloud.stubborn.status(image_id):
        refuse("image", status, f"Image {image_id} could not be deleted because it is in use: simulated refusal")
    if image["protected"]:
        refuse("image", 403, f"Image {image_id} is protected and cannot be deleted.")
    del ask.region["images"][image_id]
    for key in [key for key, member in ask.region["image_members"].items() if member["image_id"] == image_id]:
        del ask.region["image_members"][key]
    return ApiAnswer(204)


def list_tasks(_ask: Request) -> ApiAnswer:
    """List no tasks, for admins: nobody imports images by them here."""
    return ApiAnswer(200, {"tasks": [], "first": "/v2/tasks", "schema": "/v2/schemas/tasks"})


ROUTES = (
    Route("GET", "/v2/tasks", list_tasks, "admin", "tasks_api_access"),
    Route("GET", "/v2/images", list_images),
    Route("POST", "/v2/images", create_image),
    Route("GET", "/v2/images/{}", show_image),
    Route("PATCH", "/v2/images/{}", update_image),
    Route("DELETE", "/v2/images/{}", delete_image),
    Route("PUT", "/v2/images/{}/file", put_file),
)
