"""TLS and logins: nothing goes in the clear that should not, and what is wrong is said in one sentence."""

from dataclasses import replace

import pytest

from reaper.errors import Permanent
from reaper.mail import Security


@pytest.fixture
def starttls(postbox, certificate, post_with_login):
    """A server that wants STARTTLS first and a login then."""
    chain, context = certificate
    post, check = post_with_login
    return postbox(
        ca_file=chain, post=post, tls_context=context, require_starttls=True, auth_required=True, authenticator=check
    )


@pytest.fixture
def known(starttls, password_file):
    return replace(starttls.settings, security=Security.STARTTLS, username="reaper", password_file=password_file)


def test_a_letter_goes_over_starttls_with_a_login(starttls, known, postman, message):
    assert postman(known).send(message()).accepted
    assert starttls.post.logins[0][1:] == (b"reaper", True)
    assert starttls.post.letters


def test_a_letter_goes_over_tls_from_the_first_byte(postbox, certificate, postman, message):
    chain, context = certificate
    server = postbox(ca_file=chain, ssl_context=context)
    assert postman(replace(server.settings, security=Security.TLS)).send(message()).accepted


def test_a_wrong_password_is_a_persons_business(known, postman, message, password_file):
    password_file.write_text("guess")
    with pytest.raises(Permanent, match="does not accept the login 'reaper': 535"):
        postman(known).send(message())


def test_the_password_is_never_said(known, postman, message, password_file):
    password_file.write_text("topsecret")
    with pytest.raises(Permanent) as refused:
        postman(known).send(message())
    assert "topsecret" not in str(refused.value)


@pytest.mark.parametrize("path", [None, "nowhere"])
def test_a_password_that_cannot_be_read_is_told(known, postman, message, path, tmp_path):
    settings = replace(known, password_file=tmp_path / path if path else None)
    with pytest.raises(Permanent, match=r"mail\.password_file"):
        postman(settings).send(message())


def test_a_certificate_that_is_not_trusted_is_not_accepted(starttls, known, postman, message):
    with pytest.raises(Permanent, match=r"shows a certificate that is not trusted: self.signed certificate"):
        postman(replace(known, ca_file=None)).send(message())
    assert starttls.post.letters == starttls.post.logins == []


def test_certificates_that_cannot_be_read_are_told(known, postman, message, tmp_path):
    with pytest.raises(Permanent, match=r"nowhere\.pem cannot be read"):
        postman(replace(known, ca_file=tmp_path / "nowhere.pem")).send(message())


def test_a_server_without_starttls_gets_neither_letter_nor_password(postbox, known, postman, message):
    plain = postbox()
    with pytest.raises(Permanent, match="does not offer STARTTLS"):
        postman(replace(known, port=plain.settings.port)).send(message())
    assert plain.post.letters == []


def test_a_server_without_logins_is_told(postbox, known, postman, message):
    plain = postbox()
    with pytest.raises(Permanent, match="does not offer a login"):
        postman(replace(known, port=plain.settings.port, security=Security.NONE)).send(message())


def test_a_server_that_speaks_no_tls_is_told(postbox, postman, message):
    with pytest.raises(Permanent, match=r"does not speak TLS as mail\.security says"):
        postman(replace(postbox().settings, security=Security.TLS)).send(message())


def test_a_server_that_wants_tls_first_is_told(starttls, postman, message):
    with pytest.raises(Permanent, match="530"):
        postman(starttls.settings).send(message())
