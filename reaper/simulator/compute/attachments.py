"""Volumes on servers, asked of Nova."""

from reaper.simulator.clock import micros
from reaper.simulator.compute.life import detach, find_server
from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.state import Region, dashed


def put_on(region: Region, server: Record, volume: Record, *, delete_on_termination: bool = False) -> Record:
    """Attach a volume to a server, at once and on both sides."""
    device = f"/dev/sd{chr(ord('b') + len(server['volumes']))}"
    attached = {"volume": volume["id"], "device": device, "delete_on_termination": delete_on_termination}
    server["volumes"].append(attached)
    volume["attachments"].append(
        {
            "id": volume["id"],
            "attachment_id": dashed(),
            "volume_id": volume["id"],
            "server_id": server["id"],
            "host_name": "compute0",
            "device": device,
            "attached_at": micros(region.cloud.clock.now()),
        }
    )
    volume["status"] = "in-use"
    return attached


def _shown(server: Record, attached: Record) -> Record:
    return {
        "id": attached["volume"],
        "serverId": server["id"],
        "volumeId": attached["volume"],
        "device": attached["device"],
    }


def list_attached(ask: Request, server_id: str) -> ApiAnswer:
    """List what is attached to a server."""
    server = find_server(ask, server_id)
    return ApiAnswer(200, {"volumeAttachments": [_shown(server, one) for one in server["volumes"]]})


def attach(ask: Request, server_id: str) -> ApiAnswer:
    """Attach an available volume."""
    server = find_server(ask, server_id)
    given = ask.wrapped("volumeAttachment")
    volume = ask.region["volumes"].get(str(given.get("volumeId")))
    if volume is None:
        refuse("compute", 404, f"Volume {given.get('volumeId')} could not be found.")
    if volume["status"] != "available":
        message = (
            f"Invalid input received: Invalid volume: Volume {volume['id']} status must be available or downloading "
            f"to reserve, but the current status is {volume['status']}."
        )
        refuse("compute", 400, message)
    return ApiAnswer(200, {"volumeAttachment": _shown(server, put_on(ask.region, server, volume))})


def detach_volume(ask: Request, server_id: str, volume_id: str) -> ApiAnswer:
    """Detach a volume; it is `detaching` for a moment."""
    server = find_server(ask, server_id)
    if all(one["volume"] != volume_id for one in server["volumes"]):
        refuse("compute", 404, f"volume_id not found: {volume_id}")
    ask.region["volumes"][volume_id]["status"] = "detaching"
    ask.cloud.later(lambda: detach(ask.region, server, volume_id))
    return ApiAnswer(202)


ROUTES = (
    Route("GET", "/v2.1/servers/{}/os-volume_attachments", list_attached),
    Route("POST", "/v2.1/servers/{}/os-volume_attachments", attach),
    Route("DELETE", "/v2.1/servers/{}/os-volume_attachments/{}", detach_volume),
)
