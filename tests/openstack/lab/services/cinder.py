"""Cinder: volumes that hold nothing."""

from tests.openstack.lab import service
from tests.openstack.lab.settings import LOOPBACK, Settings

_UNLIMITED = ("volumes", "snapshots", "gigabytes", "backups", "backup_gigabytes")


def cinder(settings: Settings) -> service.Service:
    """Describe Cinder with one backend, the lab's own driver."""
    file = "cinder/cinder.conf"
    arguments = service.config_arguments(settings, file)
    return service.Service(
        settings=settings,
        name="cinder",
        wsgi="cinder.wsgi.api",
        arguments=arguments,
        databases=("cinder",),
        folders=(settings.var / "cinder" / "coordination",),
        files={
            file: {
                "DEFAULT": {
                    "use_stderr": True,
                    "transport_url": service.transport(settings),
                    "auth_strategy": "keystone",
                    "enabled_backends": "empty",
                    "default_volume_type": "empty",
                    "host": "lab",
                    "my_ip": LOOPBACK,
                    "state_path": settings.var / "cinder",
                    "api_paste_config": service.shipped(settings, "cinder/api-paste.ini"),
                    "resource_query_filters_file": service.shipped(settings, "cinder/resource_filters.json"),
                    "report_interval": 10,
                    # A scheduler that starts after the volume service hears of it only by its next report.
                    "backend_stats_polling_interval": 3,
                    "service_down_time": 120,
                    **{f"quota_{name}": -1 for name in _UNLIMITED},
                },
                "empty": {
                    "volume_driver": "reaper_lab.volume.EmptyVolumeDriver",
                    "volume_backend_name": "empty",
                },
                "database": service.database(settings, "cinder"),
                "keystone_authtoken": service.token_checks(settings, "cinder"),
                "service_user": service.service_token(settings, "cinder"),
                "nova": service.account(settings, "nova"),
                "coordination": {"backend_url": f"file://{settings.var / 'cinder' / 'coordination'}"},
                "oslo_concurrency": service.locks(settings),
            }
        },
        preparation=((settings.program("cinder-manage"), *arguments, "db", "sync"),),
        workers={
            name: service.Worker((settings.program(name), *arguments)) for name in ("cinder-scheduler", "cinder-volume")
        },
        catalog={"block-storage": "/v3", "volumev3": "/v3"},
    )
