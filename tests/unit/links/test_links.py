"""Links name one lease, are safe to carry about, and cannot be made up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.errors import Unusable
from reaper.links import LONGEST, Signer, link_for

SIGNER = Signer(["seven-silly-secrets"])


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_a_token_names_the_tenant_and_the_lease_it_was_made_for(tenant_id, lease_id):
    # Given ids without the control character that stands between them
    tenant_id, lease_id = tenant_id.replace("\x1f", ""), lease_id.replace("\x1f", "")
    # Then
    assert SIGNER.read(SIGNER.token(tenant_id, lease_id)) == (tenant_id, lease_id)


@given(st.text(max_size=300))
def test_what_was_not_signed_here_is_nobody(token):
    assert SIGNER.read(token) is None


@given(st.text(alphabet="ABCxyz019-_.", max_size=80), st.integers(0, 200))
def test_a_changed_token_never_opens_another_lease(graft, at):
    token = SIGNER.token("tenant-8191", "lease-127")
    grafted = token[: at % len(token)] + graft + token[at % len(token) + len(graft) :]
    # Base64 has a few spare bits at its end, so that another spelling of the same signature may pass.
    assert SIGNER.read(grafted) in (None, ("tenant-8191", "lease-127"))


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "a" * 100_000, "é.é", "\ud800.x", "\x00.\x00", "=.="])
def test_garbage_is_nobody_and_never_an_error(token):
    assert SIGNER.read(token) is None


def test_a_signed_text_that_names_no_lease_is_nobody():
    assert SIGNER.read(SIGNER._signer.sign(b"bm90aGluZw").decode()) is None
    assert SIGNER.read(SIGNER._signer.sign(b"____").decode()) is None


def test_an_endless_token_is_not_even_looked_at():
    long = SIGNER.token("t" * LONGEST, "l")
    assert SIGNER.read(long) is None


def test_a_token_survives_mails_and_addresses():
    token = SIGNER.token("0f" * 16, "a1" * 16)
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*[A-Za-z0-9]", token)
    assert len(token) < 140


def test_a_new_secret_in_front_leaves_old_mails_working():
    old, new = Signer(["old"]), Signer(["new", "old"])
    assert new.read(old.token("t", "l")) == ("t", "l")
    assert old.read(new.token("t", "l")) is None


def test_a_secret_that_was_taken_away_opens_nothing():
    assert Signer(["new"]).read(Signer(["old"]).token("t", "l")) is None


@pytest.mark.parametrize("secrets", [[], [""], ["good", ""]])
def test_no_secret_or_an_empty_one_is_an_error_that_says_so(secrets):
    with pytest.raises(Unusable, match="secrets"):
        Signer(secrets)


@pytest.mark.parametrize("public_url", ["https://cloud.example/trial", "https://cloud.example/trial/"])
def test_a_link_stands_below_the_public_address(public_url):
    assert link_for(public_url, "to.ken") == "https://cloud.example/trial/lease/to.ken"
