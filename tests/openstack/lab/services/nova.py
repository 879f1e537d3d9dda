"""Nova: servers that are rows and a word in the memory of one fake host."""

from tests.openstack.lab import service
from tests.openstack.lab.settings import LOOPBACK, Settings

_UNLIMITED = ("instances", "cores", "ram", "key_pairs", "metadata_items", "server_groups", "server_group_members")
HEARTBEAT = {"report_interval": 10, "service_down_time": 120}


def nova(settings: Settings) -> service.Service:
    """Describe Nova with one cell and one host, whose driver is the lab's own."""
    file = "nova/nova.conf"
    arguments = service.config_arguments(settings, file)
    manage = (settings.program("nova-manage"), *arguments)
    options = _options(settings)
    # A host reaches the databases through the conductor only, and complains if it finds them configured.
    host_options = {name: of for name, of in options.items() if name not in {"database", "api_database"}}
    empty_cell = service.database_url(settings, "nova_cell0")
    return service.Service(
        settings=settings,
        name="nova",
        wsgi="nova.wsgi.osapi_compute",
        databases=("nova", "nova_api", "nova_cell0"),
        folders=(settings.var / "nova",),
        files={file: options, "nova/compute.conf": host_options},
        shipped=("nova/api-paste.ini",),  # its WSGI entry point looks for this one beside nova.conf only
        environment={"OS_NOVA_CONFIG_DIR": str(settings.conf / "nova")},
        preparation=(
            (*manage, "api_db", "sync"),
            (*manage, "cell_v2", "map_cell0", "--database_connection", empty_cell),
            (*manage, "db", "sync"),
            (*manage, "cell_v2", "create_cell", "--name", "cell1"),
        ),
        workers={
            "nova-conductor": service.Worker((settings.program("nova-conductor"), *arguments)),
            "nova-scheduler": service.Worker((settings.program("nova-scheduler"), *arguments)),
            "nova-compute": service.Worker(
                (settings.program("nova-compute"), *service.config_arguments(settings, "nova/compute.conf"))
            ),
        },
        catalog={"compute": "/v2.1"},
    )


def _options(settings: Settings) -> service.Sections:
    return {
        "DEFAULT": {
            "use_stderr": True,
            "transport_url": service.transport(settings),
            "compute_driver": "reaper_lab.LabDriver",
            "host": "lab",
            "my_ip": LOOPBACK,
            "state_path": settings.var / "nova",
            "reserved_host_memory_mb": 0,
            "initial_cpu_allocation_ratio": 64.0,
            "initial_ram_allocation_ratio": 8.0,
            "shutdown_timeout": 0,  # the guests that do not exist need no time to shut down
            # What a host does by itself every minute for all its servers would disturb whoever measures anything.
            "heal_instance_info_cache_interval": -1,
            "sync_power_state_interval": -1,
            "update_resources_interval": -1,
            **HEARTBEAT,
        },
        "wsgi": {"api_paste_config": settings.conf / "nova/api-paste.ini"},
        "api": {"auth_strategy": "keystone"},
        "api_database": service.database(settings, "nova_api"),
        "database": service.database(settings, "nova"),
        "keystone_authtoken": service.token_checks(settings, "nova"),
        "service_user": service.service_token(settings, "nova"),
        "placement": service.account(settings, "placement"),
        "neutron": service.account(settings, "neutron"),
        "glance": service.account(settings, "glance"),
        "cinder": {
            **service.account(settings, "cinder"),
            "os_region_name": settings.region,
            "catalog_info": "volumev3::publicURL",
        },
        "vnc": {"enabled": False},
        "quota": dict.fromkeys(_UNLIMITED, -1),
        "scheduler": {"workers": 1},
        "conductor": {"workers": 1},
        "cache": service.cache(settings),
        "oslo_concurrency": service.locks(settings),
    }
