"""Octavia: load balancers whose amphorae are only rows."""

from tests.openstack.lab import service
from tests.openstack.lab.settings import LOOPBACK, Settings


def octavia(settings: Settings) -> service.Service:
    """Describe Octavia with its own drivers that do nothing, but for the addresses, which are real ports."""
    file = "octavia/octavia.conf"
    arguments = service.config_arguments(settings, file)
    keys = settings.var / "octavia"
    authority = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=lab", "-days", "3650")
    return service.Service(
        settings=settings,
        name="octavia",
        wsgi="octavia.wsgi.api",
        arguments=arguments,
        databases=("octavia",),
        folders=(keys,),
        files={file: _options(settings)},
        preparation=(
            (*authority, "-keyout", str(keys / "ca.key"), "-out", str(keys / "ca.crt")),
            (settings.program("octavia-db-manage"), *arguments, "upgrade", "head"),
        ),
        workers={"octavia-worker": service.Worker((settings.program("octavia-worker"), *arguments), reports=False)},
        catalog={"load-balancer": ""},
    )


def _options(settings: Settings) -> service.Sections:
    keys = settings.var / "octavia"
    return {
        "DEFAULT": {"use_stderr": True, "transport_url": service.transport(settings), "host": "lab"},
        "api_settings": {
            "auth_strategy": "keystone",
            "api_base_uri": settings.url("octavia"),
            "default_provider_driver": "amphora",
            "enabled_provider_drivers": "amphora:amphorae that are only rows",
        },
        "database": service.database(settings, "octavia"),
        "keystone_authtoken": service.token_checks(settings, "octavia"),
        "service_auth": service.account(settings, "octavia"),
        "neutron": service.account(settings, "octavia"),
        "oslo_messaging": {"topic": "octavia_prov"},
        "controller_worker": {
            "workers": 1,
            "amphora_driver": "amphora_noop_driver",
            "compute_driver": "compute_noop_driver",
            "image_driver": "image_noop_driver",
            "volume_driver": "volume_noop_driver",
            "network_driver": "reaper_lab",
            "amp_flavor_id": "1",
            "amp_image_tag": "amphora",
            "client_ca": keys / "ca.crt",
        },
        "certificates": {
            "cert_generator": "local_cert_generator",
            "ca_certificate": keys / "ca.crt",
            "ca_private_key": keys / "ca.key",
        },
        "health_manager": {
            "heartbeat_key": "lab",
            "bind_ip": LOOPBACK,
            "controller_ip_port_list": f"{LOOPBACK}:{settings.port('octavia-health')}",
        },
        "oslo_concurrency": service.locks(settings),
    }
