"""How a service is spoken to follows from the token, the catalog and the version documents."""

from types import SimpleNamespace
from typing import Any

import pytest
from keystoneauth1 import access

from reaper.cloud.dialect.endpoint import CINDER_1, CINDER_2, GLANCE_1, TENANTS, TODAY, endpoint_of
from reaper.cloud.dialect.v2_auth import _is_keystone_of_old

HOST = "http://cloud.example"


def token(**urls: str) -> Any:
    """Make the view of a v2.0 token whose catalog names these services; _ stands for a dash."""
    catalog = [
        {
            "type": name.replace("_", "-"),
            "name": name,
            "endpoints": [{"region": "R", "publicURL": HOST + url, "adminURL": f"{HOST}:35357{url}"}],
        }
        for name, url in urls.items()
    ]
    body = {"token": {"id": "silly", "expires": "2031-01-01T00:00:00Z"}, "user": {"id": "7", "name": "a", "roles": []}}
    return access.create(body={"access": {**body, "serviceCatalog": catalog}})


def told(service: str, view: Any, **versions: tuple[int, ...] | None) -> Any:
    """Choose a voice where the version documents show these major versions; v2=(2, 3) means up to 2.3."""

    def ends(voice: Any) -> Any:
        version = versions.get(f"v{voice.major}")
        return SimpleNamespace(api_version=version) if version else None

    return endpoint_of(service, "R", view, "public", ends)


def test_a_token_of_v2_0_leads_to_the_admin_port():
    voice = told("identity", token(identity="/v2.0"))
    assert (voice.api_generation, voice.interface, voice.address) == (TENANTS, "admin", f"{HOST}:35357/v2.0")


def test_the_admin_port_is_completed_by_its_version():
    assert told("identity", token(identity="/")).address == f"{HOST}:35357/v2.0"


@pytest.mark.parametrize(
    ("urls", "api_generation"),
    [
        ({"block_storage": "/v3/7", "volume": "/v1/7"}, TODAY),
        ({"volume": "/v1/7", "volumev2": "/v2/7", "volumev3": "/v3/7"}, TODAY),
        ({"volume": "/v1/7", "volumev2": "/v2/7"}, CINDER_2),
        ({"volume": "/v2/7"}, CINDER_2),
        ({"volume": "/v1/7"}, CINDER_1),
        ({"volume": "/"}, TODAY),
        ({}, TODAY),
    ],
)
def test_cinder_is_spoken_to_in_the_newest_version_that_the_catalog_names(urls: dict[str, str], api_generation: str):
    assert told("block-storage", token(**urls)).api_generation == api_generation


@pytest.mark.parametrize(
    ("versions", "api_generation"),
    [
        ({"v2": (2, 17)}, TODAY),
        ({"v1": (1, 1), "v2": (2, 5)}, TODAY),
        ({"v1": (1, 1), "v2": (2, 3)}, GLANCE_1),
        ({"v1": (1, 1)}, GLANCE_1),
        ({"v2": (2, 3)}, TODAY),
        ({}, TODAY),  # nobody answers: whoever asks is told so
    ],
)
def test_glance_v1_is_spoken_only_where_v2_is_not_whole(versions: dict[str, tuple[int, ...]], api_generation: str):
    voice = told("image", token(image="/glance/v1"), **versions)
    assert voice.api_generation == api_generation
    assert voice.address == (f"{HOST}/glance/v1" if api_generation == GLANCE_1 else None)


def test_neutron_is_found_under_the_name_it_had():
    assert told("network", token(quantum="/")).service_type == "quantum"
    assert told("network", token(quantum="/", network="/")).service_type == "network"


def test_another_services_v2_is_not_taken_for_keystones():
    keystone = {"id": "v2.0", "media-types": [{"type": "application/vnd.openstack.identity-v2.0+json"}]}
    assert _is_keystone_of_old(keystone)
    assert not _is_keystone_of_old({"id": "v2.0"})
    assert not _is_keystone_of_old({**keystone, "id": "v3.0"})
