"""What an operator puts into an empty cloud: accounts of the services, the catalog, flavors, an image, a way out."""

from collections.abc import Iterable

from .rest import Rest
from .service import Service
from .settings import PASSWORD, Settings

FLAVORS = {"m1.nano": (64, 1, 1), "m1.small": (2048, 1, 20), "m1.medium": (4096, 2, 40)}
IMAGE = "cirros"
EXTERNAL_NETWORK = "public"


def enrol_services(settings: Settings, services: Iterable[Service]) -> None:
    """Give each service an account in the project `service` and a place in the catalog."""
    admin = Rest(settings)
    roles = {role["name"]: role["id"] for role in admin.get("keystone", "/v3/roles")["roles"]}
    for name in {"service", "member", "reader"} - set(roles):
        roles[name] = admin.post("keystone", "/v3/roles", {"role": {"name": name}})["role"]["id"]
    body = {"project": {"name": "service", "domain_id": "default"}}
    project = admin.post("keystone", "/v3/projects", body)["project"]["id"]
    # Keystone listed itself, for the first region only.
    listed = {"identity": admin.get("keystone", "/v3/services?type=identity")["services"][0]["id"]}
    for service in services:
        if service.catalog and not service.settings.second:
            _make_account(admin, service.name, project, [roles["admin"], roles["service"]])
        for kind, path in service.catalog.items():
            if kind not in listed:
                listed[kind] = _list_in_catalog(admin, service.name, kind)
            _list_endpoints(admin, service.settings.region, listed[kind], service.settings.url(service.name) + path)
    for region in settings.each_region[1:]:
        _list_endpoints(admin, region.region, listed["identity"], f"{region.url('keystone')}/v3")


def _make_account(admin: Rest, name: str, project: str, roles: Iterable[str]) -> None:
    body = {"user": {"name": name, "password": PASSWORD, "domain_id": "default", "default_project_id": project}}
    user = admin.post("keystone", "/v3/users", body)["user"]["id"]
    for role in roles:
        admin.put("keystone", f"/v3/projects/{project}/users/{user}/roles/{role}")


def _list_in_catalog(admin: Rest, name: str, kind: str) -> str:
    return str(admin.post("keystone", "/v3/services", {"service": {"name": name, "type": kind}})["service"]["id"])


def _list_endpoints(admin: Rest, region: str, service: str, url: str) -> None:
    if region not in {one["id"] for one in admin.get("keystone", "/v3/regions")["regions"]}:
        admin.post("keystone", "/v3/regions", {"region": {"id": region}})
    for interface in ("public", "internal", "admin"):
        endpoint = {"service_id": service, "interface": interface, "url": url, "region_id": region}
        admin.post("keystone", "/v3/endpoints", {"endpoint": endpoint})


def furnish(settings: Settings) -> None:
    """Make the flavors, the public image, the external network and the volume type of one region."""
    admin = Rest(settings)
    for name, (ram, cpus, disk) in FLAVORS.items():
        flavor = {"name": name, "ram": ram, "vcpus": cpus, "disk": disk}
        admin.post("nova", "/v2.1/flavors", {"flavor": flavor})
    _upload_image(admin)
    _open_way_out(admin)
    backend = {"volume_backend_name": "empty"}
    admin.post("cinder", "/v3/types", {"volume_type": {"name": "empty", "extra_specs": backend}})


def _upload_image(admin: Rest) -> None:
    body = {"name": IMAGE, "container_format": "bare", "disk_format": "raw", "visibility": "public"}
    image = admin.post("glance", "/v2/images", body)["id"]
    admin.put("glance", f"/v2/images/{image}/file", b"\0" * 65536)


def _open_way_out(admin: Rest) -> None:
    network = {
        "name": EXTERNAL_NETWORK,
        "router:external": True,
        "provider:network_type": "flat",
        "provider:physical_network": "outside",
    }
    made = admin.post("neutron", "/v2.0/networks", {"network": network})["network"]["id"]
    subnet = {
        "network_id": made,
        "name": EXTERNAL_NETWORK,
        "ip_version": 4,
        "cidr": "172.24.0.0/16",
        "enable_dhcp": False,
    }
    admin.post("neutron", "/v2.0/subnets", {"subnet": subnet})
