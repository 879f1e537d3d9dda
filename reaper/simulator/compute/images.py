"""Images of servers, as Nova makes them: whose they are, what they inherit, and how they fail."""

from typing import Any

from reaper.simulator.compute.life import change
from reaper.simulator.compute.servers import refuse_state
from reaper.simulator.exchange import ApiAnswer, Record, Request
from reaper.simulator.image.images import PLAIN, new_image
from reaper.simulator.image.members import add_member
from reaper.simulator.volume.snapshots import new_snapshot

SIZE = 1048576


def create_image(ask: Request, server: Record, given: Any) -> ApiAnswer:
    """Accept an image of a server. It belongs to who asks; the server's project is a member when that is another."""
    refuse_state(server, "createImage", ("active", "stopped", "paused", "suspended"))
    image = _record(ask, server, given)
    if image["visibility"] == "shared":
        add_member(ask.region, image["id"], server["project_id"])
    if not server["image"]:
        _of_volumes(ask, server, image)
    else:
        change(ask.region, server, task_state="image_snapshot_pending")
        ask.cloud.later(lambda: _finish(ask, server, image))
    if ask.version >= (2, 45):
        return ApiAnswer(202, {"image_id": image["id"]})
    return ApiAnswer(202, headers={"Location": f"{ask.base}/images/{image['id']}"})


def _record(ask: Request, server: Record, given: Any) -> Record:
    base = ask.region["images"].get(server["image"], {})
    inherited = {key: value for key, value in base.items() if key not in PLAIN and not key.startswith("_")}
    mine = server["project_id"] == ask.project_id
    made_of = {"base_image_ref": server["image"], "instance_uuid": server["id"], "image_type": "snapshot"}
    properties = {**inherited, **made_of, "user_id": ask.who.user_id, **given.get("metadata", {})}
    visibility = "private" if mine else "shared"
    name = given.get("name", "")
    return new_image(ask.region, ask.project_id, name, status="queued", visibility=visibility, **properties)


def _of_volumes(ask: Request, server: Record, image: Record) -> None:
    """Snapshot the volumes of a server that boots from one, for who asks; the image only names them."""
    for attached in server["volumes"]:
        volume = ask.region["volumes"][attached["volume"]]
        new_snapshot(ask.region, volume, f"snapshot for {image['name']}", project_id=ask.project_id)
    image.update(status="active", size=0)


def _finish(ask: Request, server: Record, image: Record) -> None:
    """Let the image become active; of a server that was told otherwise it hangs, stays empty, or is removed again."""
    how = ask.cloud.stubborn.sticks(server["id"])
    if how == "image hangs":
        return
    if server["id"] in ask.region["servers"] and server["task_state"] == "image_snapshot_pending":
        change(ask.region, server, task_state=None)
    if how == "no image":  # Nova removes what it could not fill
        ask.region["images"].pop(image["id"], None)
    elif image["id"] in ask.region["images"]:
        image.update(status="active", size=0 if how == "empty image" else SIZE)
