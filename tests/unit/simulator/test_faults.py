"""Faults on order: what a client meets, and for how long."""

import pytest
import requests


def test_an_error_falls_as_often_as_ordered(sim, ask):
    fault = sim.faults.add(service="network", status=503, times=2)
    statuses = [ask("GET", "network", "/v2.0/ports").status_code for _ in range(3)]
    assert (statuses, fault.hits) == ([503, 503, 200], 2)


def test_a_fault_falls_only_on_the_method_path_and_service_named(sim, ask):
    sim.faults.add(service="network", method="DELETE", path_regex="/networks/", status=500)
    assert ask("GET", "network", "/v2.0/networks").status_code == 200
    assert ask("DELETE", "network", "/v2.0/ports/none").status_code == 404
    assert ask("DELETE", "network", "/v2.0/networks/none").status_code == 500


def test_an_empty_list_is_a_200_without_a_next_page(sim, ask):
    for number in range(3):
        sim.seed.project(f"p{number}")
    sim.faults.add(service="identity", path_regex="/projects", empty=True)
    body = ask("GET", "identity", "/v3/projects?limit=2").json()
    assert body["projects"] == []


def test_a_truncated_list_says_so_in_keystone_and_nowhere_else(sim, ask):
    tenant = sim.seed.tenant("cut", servers=4)
    sim.faults.add(truncate=True)
    ports = ask("GET", "network", f"/v2.0/ports?tenant_id={tenant.project_id}").json()
    projects = ask("GET", "identity", "/v3/projects").json()
    assert 0 < len(ports["ports"]) < 5
    assert set(ports) == {"ports"}
    assert (projects["truncated"], projects["links"]["next"]) == (True, None)


def test_a_dropped_connection_is_no_answer_and_is_recorded(sim, ask):
    sim.faults.add(service="compute", drop=True, times=1)
    with pytest.raises(requests.ConnectionError):
        ask("DELETE", "compute", "/v2.1/servers/none")
    assert sim.calls[-1].status == 0
    assert ask("GET", "compute", "/v2.1/servers").status_code == 200


def test_a_late_drop_loses_the_answer_and_not_the_work(sim, ask):
    project = sim.seed.project("late")
    network = sim.seed.network(project, "net")
    sim.faults.add(service="network", method="DELETE", drop=True, late=True, times=1)
    with pytest.raises(requests.ConnectionError):
        ask("DELETE", "network", f"/v2.0/networks/{network}")
    assert sim.inventory(project)["network"] == []


def test_a_body_of_ones_own_is_served_as_html(sim, ask):
    sim.faults.add(status=502, body="<h1>Bad Gateway</h1>", times=1)
    answer = ask("GET", "image", "/v2/images")
    assert (answer.status_code, answer.text) == (502, "<h1>Bad Gateway</h1>")


def test_a_request_that_hangs_times_out_at_the_client(sim, ask):
    sim.faults.add(service="volume", delay=5.0, times=1)
    with pytest.raises(requests.ReadTimeout):
        requests.get(sim.auth_url.replace("identity/v3", "volume/v3"), timeout=0.05)


def test_cleared_faults_fall_no_more(sim, ask):
    fault = sim.faults.add(status=500)
    sim.faults.remove(fault)
    sim.faults.add(status=500)
    sim.faults.clear()
    assert ask("GET", "compute", "/v2.1/servers").status_code == 200
