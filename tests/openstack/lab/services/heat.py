"""Heat: stacks."""

from tests.openstack.lab import service
from tests.openstack.lab.settings import Settings


def heat(settings: Settings) -> service.Service:
    """Describe Heat with one engine."""
    file = "heat/heat.conf"
    arguments = service.config_arguments(settings, file)
    heat_account = service.account(settings, "heat")
    return service.Service(
        settings=settings,
        name="heat",
        wsgi="heat.wsgi.api",
        arguments=arguments,
        databases=("heat",),
        files={
            file: {
                "DEFAULT": {
                    "use_stderr": True,
                    "transport_url": service.transport(settings),
                    "host": "lab",
                    "num_engine_workers": 1,
                    "auth_encryption_key": "0" * 32,
                    "region_name_for_services": settings.region,
                    "server_keystone_endpoint_type": "public",
                    "environment_dir": service.shipped(settings, "heat/environment.d"),
                    "template_dir": service.shipped(settings, "heat/templates"),
                },
                "paste_deploy": {"api_paste_config": service.shipped(settings, "heat/api-paste.ini")},
                "database": service.database(settings, "heat"),
                "keystone_authtoken": service.token_checks(settings, "heat"),
                "trustee": {name: word for name, word in heat_account.items() if not name.startswith("project")},
                "clients_keystone": {"auth_uri": settings.url("keystone")},
                "cache": service.cache(settings),
                "oslo_concurrency": service.locks(settings),
            }
        },
        preparation=((settings.program("heat-manage"), *arguments, "db_sync"),),
        workers={"heat-engine": service.Worker((settings.program("heat-engine"), *arguments), reports=False)},
        catalog={"orchestration": "/v1/%(tenant_id)s"},
    )
