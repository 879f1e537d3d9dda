"""Neutron: networks without a single agent."""

from tests.openstack.lab import service
from tests.openstack.lab.settings import Settings

_UNLIMITED = ("network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule")
# One virtual network number per tenant network there can be at once; each is a row that `reset` writes.
_TENANT_NETWORKS = 4000


def neutron(settings: Settings) -> service.Service:
    """Describe Neutron with the lab's own mechanism driver, which binds every port at once."""
    files = ("neutron/neutron.conf", "neutron/ml2_conf.ini")
    manage = (settings.program("neutron-db-manage"), *service.config_arguments(settings, *files))
    return service.Service(
        settings=settings,
        name="neutron",
        wsgi="reaper_lab.neutron_wsgi",
        databases=("neutron",),
        folders=(settings.var / "neutron",),
        files={
            files[0]: {
                "DEFAULT": {
                    "use_stderr": True,
                    "transport_url": service.transport(settings),
                    "auth_strategy": "keystone",
                    "core_plugin": "ml2",
                    "service_plugins": "router,segments,trunk,port_forwarding,network_ip_availability,qos",
                    "host": "lab",
                    "state_path": settings.var / "neutron",
                    "api_paste_config": service.shipped(settings, "neutron/api-paste.ini"),
                    "rpc_workers": 0,
                },
                "database": service.database(settings, "neutron"),
                "keystone_authtoken": service.token_checks(settings, "neutron"),
                "nova": service.account(settings, "nova"),
                "placement": service.account(settings, "neutron"),
                "quotas": {f"quota_{name}": -1 for name in _UNLIMITED},
                "oslo_concurrency": service.locks(settings),
            },
            files[1]: {
                "ml2": {
                    "type_drivers": "flat,vxlan",
                    "tenant_network_types": "vxlan",
                    "mechanism_drivers": "reaper_lab,openvswitch",  # trunk and qos refuse to load without a known one
                    "extension_drivers": "port_security,qos",
                },
                "ml2_type_vxlan": {"vni_ranges": f"1:{_TENANT_NETWORKS}"},
                "ml2_type_flat": {"flat_networks": "*"},
            },
        },
        environment={
            "OS_NEUTRON_CONFIG_DIR": str(settings.conf / "neutron"),
            "OS_NEUTRON_CONFIG_FILES": "neutron.conf;ml2_conf.ini",
        },
        preparation=((*manage, "upgrade", "heads"),),
        catalog={"network": ""},
    )
