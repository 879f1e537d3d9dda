"""Glance: images, kept as files."""

from tests.openstack.lab import service
from tests.openstack.lab.settings import Settings


def glance(settings: Settings) -> service.Service:
    """Describe Glance with one file store."""
    file = "glance/glance-api.conf"
    images = settings.var / "glance"
    return service.Service(
        settings=settings,
        name="glance",
        wsgi="glance.wsgi.api",
        databases=("glance",),
        folders=tuple(images / name for name in ("images", "staging", "os_staging", "os_tasks")),
        content=(images / "images",),
        shipped=("glance/glance-api-paste.ini",),  # older ones look for it beside their own file only
        files={
            file: {
                "DEFAULT": {
                    "use_stderr": True,
                    "transport_url": service.transport(settings),
                    "enabled_backends": "files:file",
                    "node_staging_uri": f"file://{images / 'staging'}",
                    "worker_self_reference_url": settings.url("glance"),
                },
                "glance_store": {"default_backend": "files"},
                "files": {"filesystem_store_datadir": images / "images"},
                "os_glance_staging_store": {"filesystem_store_datadir": images / "os_staging"},
                "os_glance_tasks_store": {"filesystem_store_datadir": images / "os_tasks"},
                "database": service.database(settings, "glance"),
                "paste_deploy": {
                    "flavor": "keystone",
                    "config_file": service.shipped(settings, "glance/glance-api-paste.ini"),
                },
                "keystone_authtoken": service.token_checks(settings, "glance"),
                "oslo_concurrency": service.locks(settings),
            },
        },
        environment={"OS_GLANCE_CONFIG_DIR": str(settings.conf / "glance")},
        preparation=((settings.program("glance-manage"), *service.config_arguments(settings, file), "db_sync"),),
        catalog={"image": ""},
    )
