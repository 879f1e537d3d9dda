"""What every cloud has before anybody uses it."""

from reaper.simulator.exchange import Record
from reaper.simulator.further.swift import RESELLER
from reaper.simulator.identity.assignments import role_named
from reaper.simulator.identity.people import new_user
from reaper.simulator.identity.projects import new_project
from reaper.simulator.identity.tokens import IMPLIED
from reaper.simulator.image.images import new_image
from reaper.simulator.network.networks import new_network
from reaper.simulator.network.subnets import new_subnet
from reaper.simulator.state import CloudState, dashed

FLAVORS = (("m1.nano", 1, 128, 1), ("m1.small", 1, 2048, 20), ("m1.medium", 2, 4096, 40))


def furnish(cloud: CloudState, password: str) -> None:
    """Make domain, roles and the admin, and in each region flavors, an image and a public network."""
    cloud.identity["domains"]["default"] = {
        "id": "default",
        "name": "Default",
        "description": "The default domain",
        "enabled": True,
        "tags": [],
        "options": {},
    }
    for name in (*IMPLIED, "reader", "service"):
        role_named(cloud, name)["options"] = {"immutable": True}
    admin = new_project(cloud, {"name": "admin", "description": "Bootstrap project for initializing the cloud."})
    new_project(cloud, {"name": "service"})
    user = new_user(cloud, {"name": "admin", "password": password})
    cloud.assignments[role_named(cloud, "admin")["id"], "project", admin["id"], "user", user["id"]] = None
    # The role that Swift asks for before it shows an account of another project.
    cloud.assignments[role_named(cloud, RESELLER)["id"], "project", admin["id"], "user", user["id"]] = None
    for region in cloud.regions.values():
        for name, vcpus, ram, disk in FLAVORS:
            flavor: Record = {"id": dashed(), "name": name, "vcpus": vcpus, "ram": ram, "disk": disk}
            region["flavors"][flavor["id"]] = flavor
        new_image(region, admin["id"], "cirros", visibility="public", size=1048576)
        public = new_network(region, admin["id"], "public", external=True)
        new_subnet(region, public, "172.24.0.0/14", "public-subnet", dhcp=False)
