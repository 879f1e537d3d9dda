"""What Neutron says: lists with pages, filters that it does not know, and what hangs together."""

from __future__ import annotations

from tests.truth.teller import NOWHERE, Teller

KINDS = ("networks", "subnets", "ports", "routers", "floatingips", "security-groups", "trunks", "rbac-policies")


def _site(teller: Teller) -> dict[str, str]:
    tenant = teller.tenant
    network, subnet, router = tenant.site()
    port = tenant.port(network)
    floating = tenant.floating_ip(port)
    group = tenant.security_group()
    things = {"network": network, "subnet": subnet, "router": router, "port": port, "floating IP": floating}
    for name, thing in (things | {"security group": group}).items():
        teller.call(name, thing)
    teller.call("public network", tenant.public())
    return {name: thing["id"] for name, thing in (things | {"security group": group}).items()}


def lists(teller: Teller) -> None:
    """Each kind of a project that has one of each."""
    _site(teller)
    for kind in KINDS:
        teller.ask(kind, "network", f"/{kind}?project_id={teller.tenant.project_id}")
    teller.ask("by the old name of the owner", "network", f"/networks?tenant_id={teller.tenant.project_id}")
    teller.ask("of nobody", "network", f"/ports?project_id={'0' * 32}")
    teller.ask("two fields", "network", f"/networks?project_id={teller.tenant.project_id}&fields=id&fields=name")
    teller.ask("a filter that it does not know", "network", "/ports?nonsense=1")
    teller.ask("as a member, of another project", "network", f"/ports?project_id={teller.other.project_id}")


def pages_of_ports(teller: Teller) -> None:
    """Two pages of one port each, a third that is empty, and a marker that is gone."""
    network = teller.call("network", teller.tenant.network())
    for _ in range(2):
        teller.tenant.port(network)
    path = f"/ports?network_id={network['id']}&limit=1"
    first = teller.ask("first page", "network", path)["ports"][0]["id"]
    second = teller.ask("second page", "network", f"{path}&marker={first}")["ports"][0]["id"]
    teller.ask("third page", "network", f"{path}&marker={second}")
    teller.ask("a marker that is gone", "network", f"{path}&marker={NOWHERE}")


def refusals(teller: Teller) -> None:
    """What stands in the way of each delete, and what is not there."""
    made = _site(teller)
    tenant = teller.tenant
    interface = next(one for one in tenant.listed("ports", f"&device_id={made['router']}"))
    teller.call("interface", interface)
    (hidden,) = tenant.target.admin.network.get(f"/ports?device_id={made['floating IP']}").json()["ports"]
    teller.call("port of the floating IP", hidden)
    teller.ask("a network in use", "network", f"/networks/{made['network']}", "DELETE")
    teller.ask("a subnet in use", "network", f"/subnets/{made['subnet']}", "DELETE")
    teller.ask("a router in use", "network", f"/routers/{made['router']}", "DELETE")
    teller.ask("a router's port", "network", f"/ports/{interface['id']}", "DELETE")
    teller.ask("a floating IP's port", "network", f"/ports/{hidden['id']}", "DELETE")
    way = f"/routers/{made['router']}/remove_router_interface"
    teller.ask("an interface that is needed", "network", way, "PUT", json={"subnet_id": made["subnet"]})
    (default,) = tenant.listed("security_groups", "&name=default")
    teller.call("default group", default)
    teller.ask("a group in use", "network", f"/security-groups/{default['id']}", "DELETE")
    teller.ask(
        "the default group as a member", "network", f"/security-groups/{default['id']}", "DELETE", face=tenant.member
    )
    for kind in KINDS:
        teller.ask(f"none of {kind}", "network", f"/{kind}/{NOWHERE}", "DELETE")
    teller.ask("another's network", "network", f"/networks/{made['network']}", "DELETE", face=teller.other.member)
    teller.ask("a group", "network", f"/security-groups/{made['security group']}", "DELETE")


def taking_apart(teller: Teller) -> None:
    """The order that never conflicts."""
    made = _site(teller)
    teller.ask("a floating IP", "network", f"/floatingips/{made['floating IP']}", "DELETE")
    way = f"/routers/{made['router']}/remove_router_interface"
    teller.ask("an interface", "network", way, "PUT", json={"subnet_id": made["subnet"]})
    teller.ask("the interface again", "network", way, "PUT", json={"subnet_id": made["subnet"]})
    teller.ask("a router", "network", f"/routers/{made['router']}", "DELETE")
    teller.ask("a port", "network", f"/ports/{made['port']}", "DELETE")
    teller.ask("a network", "network", f"/networks/{made['network']}", "DELETE")
    teller.ask("the subnet that went along", "network", f"/subnets/{made['subnet']}")
    teller.ask("the port that is gone", "network", f"/ports/{made['port']}", "DELETE")


def the_rest(teller: Teller) -> None:
    """Quota."""
    teller.ask("quota", "network", f"/quotas/{teller.tenant.project_id}")


STORIES = (lists, pages_of_ports, refusals, taking_apart, the_rest)
