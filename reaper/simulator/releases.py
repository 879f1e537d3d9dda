"""The releases the simulator can be: today's, 2012.2, and the years between as one that is like 2014.2."""

import re
from dataclasses import replace

from reaper.simulator import compute, further, identity, image, network, volume
from reaper.simulator.catalog import COMPUTE_VERSIONS, DISCOVERY, VOLUME_VERSIONS
from reaper.simulator.envelope import enclose
from reaper.simulator.exchange import ApiAnswer, Request, Route, Table
from reaper.simulator.folsom import compute as nova
from reaper.simulator.folsom import image as glance
from reaper.simulator.folsom import network as quantum
from reaper.simulator.folsom import tenants, tokens
from reaper.simulator.folsom import volume as cinder
from reaper.simulator.folsom.words import reword
from reaper.simulator.identity.tokens import alive
from reaper.simulator.release import Release

TODAY = Release(
    name="today",
    tables={
        "identity": Table((*DISCOVERY["identity"], *identity.ROUTES)),
        "compute": Table((*DISCOVERY["compute"], *compute.ROUTES)),
        "network": Table((*DISCOVERY["network"], *network.ROUTES)),
        "volume": Table((*DISCOVERY["volume"], *volume.ROUTES)),
        "image": Table((*DISCOVERY["image"], *image.ROUTES)),
        **{service: Table(routes) for service, routes in further.ROUTES.items()},
    },
    with_project=re.compile(r"^/(v3|v2\.1)/([0-9a-f]{32})(/.*|)$"),
    alive=alive,
    auth_path="identity/v3",
    versions={"compute": COMPUTE_VERSIONS, "volume": VOLUME_VERSIONS},
    reword=enclose,
)
FOLSOM = Release(
    name="folsom",
    tables={
        "identity": Table(tokens.PUBLIC),
        tokens.ADMIN_PLACE: Table(tenants.ADMIN),
        "compute": Table(nova.ROUTES),
        "network": Table(quantum.ROUTES),
        "volume": Table(cinder.ROUTES),
        "image": Table(glance.ROUTES),
    },
    with_project=re.compile(r"^/(v1|v2)/([0-9a-f]{32})(/.*|)$"),
    alive=tokens.alive,
    auth_path="identity/v2.0",
    places={tokens.ADMIN_PLACE: "identity"},
    reword=reword,
    tenants=True,
)


def _cinder_2(ask: Request) -> ApiAnswer:
    links = [{"rel": "self", "href": f"{ask.base}/v2/"}]
    return ApiAnswer(
        300 if ask.path == "/" else 200, {"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]}
    )


def _below_2(route: Route) -> Route:
    return replace(route, path=route.path.replace("/v3/", "/v2/", 1))


def _reword(ask: Request, answer: ApiAnswer) -> ApiAnswer:
    return answer if ask.service == "network" else reword(ask, answer)


JUNO = Release(
    name="juno",
    tables={
        "identity": TODAY.tables["identity"],
        "compute": Table(nova.ROUTES),
        "network": Table(quantum.NEUTRON),
        "volume": Table(
            (Route("GET", "/", _cinder_2, None), Route("GET", "/v2", _cinder_2), *map(_below_2, volume.ROUTES))
        ),
        "image": Table(glance.ROUTES),
    },
    with_project=FOLSOM.with_project,
    alive=alive,
    auth_path="identity/v3",
    reword=_reword,
    catalog=(
        ("identity", "keystone", "identity/v3"),
        ("compute", "nova", "compute/v2/{}"),
        ("network", "neutron", "network"),
        ("volumev2", "cinderv2", "volume/v2/{}"),
        ("image", "glance", "image"),
    ),
)
RELEASES = {one.name: one for one in (TODAY, JUNO, FOLSOM)}
