"""Placement: which host has room."""

from tests.openstack.lab import service
from tests.openstack.lab.settings import Settings


def placement(settings: Settings) -> service.Service:
    """Describe Placement."""
    file = "placement/placement.conf"
    return service.Service(
        settings=settings,
        name="placement",
        wsgi="placement.wsgi.api",
        databases=("placement",),
        files={
            file: {
                "DEFAULT": {"use_stderr": True},
                "api": {"auth_strategy": "keystone"},
                "placement_database": service.database(settings, "placement"),
                "keystone_authtoken": service.token_checks(settings, "placement"),
            }
        },
        environment={"OS_PLACEMENT_CONFIG_DIR": str(settings.conf / "placement")},
        preparation=((settings.program("placement-manage"), *service.config_arguments(settings, file), "db", "sync"),),
        catalog={"placement": ""},
    )
