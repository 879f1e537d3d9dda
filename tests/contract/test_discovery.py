"""How clients find services and versions."""

import pytest
from keystoneauth1.adapter import Adapter

from tests.contract.cloud import Target, done

SERVICES = ("identity", "compute", "network", "block-storage", "image")


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_found_by_type_interface_and_region(target: Target, service: str):
    adapter = Adapter(target.admin.session, service_type=service, interface="public", region_name=target.region)
    assert adapter.get_endpoint().startswith("http")


@pytest.mark.parametrize(("service", "least"), [("compute", (2, 73)), ("block-storage", (3, 59))])
def test_the_microversions_reaper_asks_for_are_offered(target: Target, service: str, least: tuple[int, int]):
    found = Adapter(target.admin.session, service_type=service, interface="public").get_endpoint_data()
    assert found.min_microversion <= least <= found.max_microversion


def test_a_catalog_lists_public_endpoints_with_their_region(target: Target):
    token = done(target.admin.identity.get("/auth/catalog"))
    types = {service["type"] for service in token["catalog"]}
    assert {"identity", "compute", "network", "image"} <= types
    for service in token["catalog"]:
        for endpoint in service["endpoints"]:
            assert {"id", "interface", "region", "region_id", "url"} <= set(endpoint)


@pytest.mark.parametrize("service", ["compute", "network", "volume"])
def test_without_a_token_services_answer_401_in_keystones_words(target: Target, service: str):
    path = {"compute": "/servers", "network": "/networks", "volume": "/volumes"}[service]
    answer = target.bare(service, path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Keystone uri=")
    error = answer.json()["error"]
    assert error["message"] == "The request you have made requires authentication."
    assert (error["code"], error["title"]) == (401, "Unauthorized")


def test_without_a_token_glance_answers_401_in_html(target: Target):
    answer = target.bare("image", "/images")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_made_up_token_is_401(target: Target):
    assert target.bare("network", "/networks", **{"X-Auth-Token": "gAAAA-nonsense"}).status_code == 401
