"""Swift: object storage on one folder, one copy of everything."""

import getpass

from tests.openstack.lab import service
from tests.openstack.lab.settings import LOOPBACK, Settings

_RINGS = ("account", "container", "object")
_PIPELINE = "catch_errors gatekeeper healthcheck cache listing_formats bulk authtoken keystoneauth slo dlo"
_FILTERS = ("catch_errors", "gatekeeper", "healthcheck", "listing_formats", "bulk", "slo", "dlo", "versioned_writes")


def swift(settings: Settings) -> service.Service:
    """Describe Swift: the proxy, one server for each ring, and the reaper that empties deleted accounts."""
    conf = settings.conf / "swift"
    return service.Service(
        settings=settings,
        name="swift",
        wsgi="reaper_lab.swift_wsgi",
        health="/healthcheck",
        folders=(settings.var / "swift" / "disk",),
        content=(settings.var / "swift" / "disk",),
        files={
            "swift/swift.conf": {
                "swift-hash": {"swift_hash_path_prefix": "lab", "swift_hash_path_suffix": "lab"},
                "storage-policy:0": {"name": "one-copy", "default": True},
            },
            "swift/proxy-server.conf": _proxy(settings),
            "swift/account-reaper.conf": _reaper(settings),
            **{f"swift/{ring}-server.conf": _server(settings, ring) for ring in _RINGS},
        },
        environment={"REAPER_LAB_SWIFT_PROXY": str(conf / "proxy-server.conf")},
        preparation=tuple(command for ring in _RINGS for command in _make_ring(settings, ring)),
        workers={
            **{
                f"swift-{ring}": _worker(settings, f"{ring}-server", settings.program(f"swift-{ring}-server"))
                for ring in _RINGS
            },
            "swift-account-reaper": _worker(
                settings, "account-reaper", settings.program("python"), "-m", "reaper_lab.swift_account_reaper"
            ),
        },
        catalog={"object-store": "/v1/AUTH_%(tenant_id)s"},
    )


def _worker(settings: Settings, file: str, *program: str) -> service.Worker:
    return service.Worker((*program, str(settings.conf / "swift" / f"{file}.conf"), "--verbose"), reports=False)


def _make_ring(settings: Settings, ring: str) -> list[tuple[str, ...]]:
    builder = (settings.program("swift-ring-builder"), str(settings.conf / "swift" / f"{ring}.builder"))
    device = f"r1z1-{LOOPBACK}:{settings.port(f'swift-{ring}')}/disk"
    return [(*builder, "create", "4", "1", "0"), (*builder, "add", device, "1"), (*builder, "rebalance")]


def _common(settings: Settings) -> service.Options:
    return {
        "bind_ip": LOOPBACK,
        "user": getpass.getuser(),
        "swift_dir": settings.conf / "swift",
        "devices": settings.var / "swift",
        "mount_check": False,
        "workers": 0,
        "log_level": "WARNING",
        "conn_timeout": 5,
        "node_timeout": 20,
    }


def _server(settings: Settings, ring: str) -> service.Sections:
    return {
        "DEFAULT": {**_common(settings), "bind_port": settings.port(f"swift-{ring}")},
        "pipeline:main": {"pipeline": f"{ring}-server"},
        f"app:{ring}-server": {"use": f"egg:swift#{ring}"},
    }


def _reaper(settings: Settings) -> service.Sections:
    own = {"interval": 5, "delay_reaping": 0, "recon_cache_path": settings.var / "swift"}
    return {**_server(settings, "account"), "account-reaper": own}


def _proxy(settings: Settings) -> service.Sections:
    return {
        "DEFAULT": {**_common(settings), "bind_port": settings.port("swift")},
        "pipeline:main": {"pipeline": f"{_PIPELINE} versioned_writes proxy-server"},
        "app:proxy-server": {
            "use": "egg:swift#proxy",
            "account_autocreate": True,
            "allow_account_management": True,
        },
        "filter:authtoken": {
            "paste.filter_factory": "keystonemiddleware.auth_token:filter_factory",
            "delay_auth_decision": True,
            **service.token_checks(settings, "swift"),
        },
        "filter:keystoneauth": {
            "use": "egg:swift#keystoneauth",
            "operator_roles": "admin, member",
            "reseller_admin_role": "admin",
        },
        "filter:cache": {"use": "egg:swift#memcache", "memcache_servers": service.memcached(settings)},
        **{f"filter:{name}": {"use": f"egg:swift#{name}"} for name in _FILTERS},
        "filter:versioned_writes": {"use": "egg:swift#versioned_writes", "allow_versioned_writes": True},
    }
