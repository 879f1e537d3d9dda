"""Where the services are, and the version documents clients discover them by."""

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.further import NAMED_ONLY, PLACES
from reaper.simulator.state import CloudState

COMPUTE_VERSIONS = ((2, 1), (2, 96))
VOLUME_VERSIONS = ((3, 0), (3, 71))
# type in the catalog, name, path below the region's root; {} is the token's project
SERVICES = (
    ("identity", "keystone", "identity/v3"),
    ("compute", "nova", "compute/v2.1"),
    ("network", "neutron", "network"),
    ("block-storage", "cinder", "volume/v3/{}"),
    ("volumev3", "cinderv3", "volume/v3/{}"),
    ("image", "glance", "image"),
)
IMAGE_VERSIONS = (
    "2.17",
    "2.15",
    "2.13",
    "2.12",
    "2.11",
    "2.10",
    "2.9",
    "2.8",
    "2.7",
    "2.6",
    "2.5",
    "2.4",
    "2.3",
    "2.2",
    "2.1",
    "2.0",
)


def region_root(root: str, cloud: CloudState, name: str) -> str:
    """Give the URL below which a region's services are: the first region's stand at the root itself."""
    return root if name == cloud.home.name else f"{root}/{name}"


def catalog(cloud: CloudState, root: str, project_id: str) -> list[Record]:
    """List every service with its endpoints in every region."""
    further = ((kind, *(PLACES | NAMED_ONLY)[kind]) for kind in cloud.services)
    return [
        {
            "id": f"{name}-{kind}",
            "type": kind,
            "name": name,
            "endpoints": _endpoints(cloud, root, kind, path, project_id),
        }
        for kind, name, path in (*(cloud.places or SERVICES), *further)
    ]


def _root(root: str, cloud: CloudState, kind: str, region: str) -> str:
    return root if kind == "identity" else region_root(root, cloud, region)


def _endpoints(cloud: CloudState, root: str, kind: str, path: str, project_id: str) -> list[Record]:
    return [
        {
            "id": f"{kind}-{region}-{interface}",
            "interface": interface,
            "region": region,
            "region_id": region,
            "url": f"{_root(root, cloud, kind, region)}/{path.format(project_id)}".rstrip("/"),
        }
        for region in cloud.regions
        for interface in ("public", "internal", "admin")
    ]


def _self(href: str) -> list[Record]:
    return [{"rel": "self", "href": href}]


def _identity(ask: Request) -> Record:
    media = {"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": _self(f"{ask.base}/v3/"),
        "media-types": [media],
    }


def identity_versions(ask: Request) -> ApiAnswer:
    """Show Keystone's versions, with the 300 it uses."""
    return ApiAnswer(300, {"versions": {"values": [_identity(ask)]}}, headers={"Location": f"{ask.base}/v3/"})


def identity_version(ask: Request) -> ApiAnswer:
    """Show Keystone v3."""
    return ApiAnswer(200, {"version": _identity(ask)})


def _numbered(least: tuple[int, int], most: tuple[int, int]) -> Record:
    return {"version": f"{most[0]}.{most[1]}", "min_version": f"{least[0]}.{least[1]}"}


def _compute(ask: Request) -> Record:
    return {
        "id": "v2.1",
        "status": "CURRENT",
        **_numbered(*COMPUTE_VERSIONS),
        "updated": "2013-07-23T11:33:21Z",
        "links": _self(f"{ask.base}/v2.1/"),
    }


def compute_versions(ask: Request) -> ApiAnswer:
    """Show Nova's versions, of which the first is only told of."""
    first = {
        "id": "v2.0",
        "status": "DEPRECATED",
        "version": "",
        "min_version": "",
        "updated": "2011-01-21T11:33:21Z",
        "links": _self(f"{ask.base}/v2/"),
    }
    return ApiAnswer(200, {"versions": [first, _compute(ask)]})


def compute_version(ask: Request) -> ApiAnswer:
    """Show Nova v2.1 and its microversions."""
    media = [{"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2.1"}]
    return ApiAnswer(200, {"version": _compute(ask) | {"media-types": media}})


def network_versions(ask: Request) -> ApiAnswer:
    """Show Neutron's one version."""
    one = {"id": "v2.0", "status": "CURRENT", "links": _self(f"{ask.base}/v2.0/")}
    return ApiAnswer(200, {"versions": [one]})


def volume_versions(ask: Request) -> ApiAnswer:
    """Show Cinder v3, with a 300 at the root and a 200 below."""
    media = [{"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"}]
    described = {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"}
    one = {
        "id": "v3.0",
        "status": "CURRENT",
        **_numbered(*VOLUME_VERSIONS),
        "updated": "2023-08-31T00:00:00Z",
        "links": [described, *_self(f"{ask.base}/v3/")],
        "media-types": media,
    }
    return ApiAnswer(200 if "v3" in ask.path else 300, {"versions": [one]})


def image_versions(ask: Request) -> ApiAnswer:
    """Show Glance's versions, which all live at v2."""
    every = [
        {"id": f"v{number}", "status": "SUPPORTED" if at else "CURRENT", "links": _self(f"{ask.base}/v2/")}
        for at, number in enumerate(IMAGE_VERSIONS)
    ]
    return ApiAnswer(300, {"versions": every})


DISCOVERY = {
    "identity": (Route("GET", "/", identity_versions, None), Route("GET", "/v3", identity_version, None)),
    "compute": (Route("GET", "/", compute_versions, None), Route("GET", "/v2.1", compute_version, None)),
    "network": (Route("GET", "/", network_versions, None),),
    "volume": (Route("GET", "/", volume_versions, None), Route("GET", "/v3", volume_versions)),
    "image": (Route("GET", "/", image_versions, None),),
}
