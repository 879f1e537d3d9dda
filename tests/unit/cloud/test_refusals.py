"""What a service says when something cannot go just now is told from a lack of rights, by status, words and method."""

import pytest

from reaper.cloud.http_errors import error_of
from reaper.errors import Permanent, ReaperError, Refused
from tests.unit.cloud.test_answers import answer

# Service, status and words as the services' own source has them; see the table in reaper/cloud/refusals.py.
NOT_NOW = [
    ("shared-file-system", 403, {"forbidden": {"message": "Invalid share: Share still has 1 dependent snapshots.."}}),
    ("shared-file-system", 409, {"conflictingRequest": {"message": "Share 1 has replicas."}}),
    ("shared-file-system", 400, {"badRequest": {"message": "Share is busy with an active task: migrating."}}),
    ("block-storage", 400, {"badRequest": {"message": "Invalid volume: Volume status must be available"}}),
    ("block-storage", 405, {"badMethod": {"message": "Operation not supported: force delete."}}),
    ("image", 403, "403 Forbidden: Image 1 is protected and cannot be deleted."),
    ("image", 409, "409 Conflict: Image 1 could not be deleted because it is in use"),
    ("identity", 403, {"error": {"message": "Cannot disable project 1 since its subtree contains enabled projects."}}),
    ("identity", 403, {"error": {"message": "Cannot delete the project 1 since it is not a leaf in the hierarchy."}}),
    ("load-balancer", 409, {"faultstring": "Invalid state PENDING_UPDATE of loadbalancer resource 1"}),
    ("network", 412, {"NeutronError": {"message": "Constrained to revision 1 but current revision is 2"}}),
    ("dns", 400, {"type": "zone_is_shared", "message": "This zone is shared with other projects"}),
    ("compute", 423, {"locked": {"message": "it is locked"}}),
]
NO_RIGHT = [
    ("shared-file-system", {"forbidden": {"message": "Policy doesn't allow share:delete to be performed."}}),
    ("shared-file-system", {"forbidden": {"message": "User does not have admin privileges."}}),
    ("image", "403 Forbidden: You are not authorized to complete delete_image action."),
    ("identity", {"error": {"message": "You are not authorized to perform the requested action: identity:delete."}}),
    ("block-storage", {"forbidden": {"message": "Policy doesn't allow volume:delete to be performed."}}),
    ("network", {"NeutronError": {"message": "rule:delete_port is disallowed by policy"}}),
    ("compute", {"forbidden": {"message": "Policy doesn't allow os_compute_api:servers:delete to be performed."}}),
]


def error(service: str, status: int, body: object, method: str = "DELETE") -> ReaperError:
    return error_of(answer(status, body), f"{service}: {method} /silly", service=service, method=method)


@pytest.mark.parametrize(("service", "status", "body"), NOT_NOW)
def test_what_cannot_go_now_is_refused_whatever_status_its_service_says_it_with(
    service: str, status: int, body: object
):
    assert isinstance(error(service, status, body), Refused)


@pytest.mark.parametrize(("service", "body"), NO_RIGHT)
def test_a_lack_of_rights_is_none_of_the_things_own_state(service: str, body: object):
    assert isinstance(error(service, 403, body), Permanent)


def test_a_list_that_is_forbidden_is_never_taken_for_one_that_is_in_use():
    assert isinstance(
        error("shared-file-system", 403, {"forbidden": {"message": "Invalid share: odd."}}, "GET"), Permanent
    )
