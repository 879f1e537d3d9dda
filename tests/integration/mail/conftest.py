# ruff: noqa: ARG002, N802 - aiosmtpd chose these names and arguments
"""A real mail server on loopback that can be told how to behave, with TLS and logins."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reaper.clock import HandClock
from reaper.mail import LetterRenderer, SmtpPostman, SmtpServer
from reaper.mail.listener import Listener
from reaper.paths import share
from reaper.ports import Message
from reaper.store import open_store
from tests.unit.deliver.office import NOW, PostOffice

START = dt.datetime(2031, 11, 28, 9, 7, tzinfo=dt.UTC)
HANG_UP = "hang up"
SILENCE = "silence"


@dataclass
class Post:
    """What the server says to addresses (`rcpt`), senders (`mail`) and data; what it has received, by connection."""

    rcpt: dict = field(default_factory=dict)
    mail: list = field(default_factory=list)
    data: list = field(default_factory=list)
    greeting: str | None = None
    letters: list = field(default_factory=list)
    sessions: list = field(default_factory=list)
    froms: list = field(default_factory=list)
    logins: list = field(default_factory=list)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if session not in self.sessions:
            self.sessions.append(session)
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = self.mail.pop(0) if self.mail else None
        if answer == HANG_UP:
            server.transport.abort()
            return "421 gone"
        if answer is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = self.data.pop(0) if self.data else None
        if answer is None or answer == SILENCE:
            self.letters.append(envelope)
        if answer == SILENCE:
            await asyncio.Event().wait()
        if answer == HANG_UP:
            server.transport.abort()
        return answer or "250 queued"

    def mails(self):
        return [message_from_bytes(envelope.content, policy=policy.default) for envelope in self.letters]


class Dropping(SMTP):
    """A server that breaks off while it is receiving a letter."""

    async def smtp_DATA(self, arg):
        await self.push("354 go ahead")
        self.transport.abort()


@dataclass
class Server:
    """A running server and how to reach it."""

    listener: Listener
    post: Post
    settings: SmtpServer


@pytest.fixture
def postbox(tmp_path):
    """Start mail servers; each is stopped at the end."""
    running = []

    def start(kind=SMTP, *, ca_file=None, timeout=5.0, post=None, ssl_context=None, **options):
        post = post or Post()
        listener = Listener("127.0.0.1:0", lambda: kind(post, **{"enable_SMTPUTF8": True, **options}), ssl_context)
        listener.start()
        running.append(listener)
        return Server(listener, post, SmtpServer("127.0.0.1", listener.port, timeout=timeout, ca_file=ca_file))

    yield start
    for listener in running:
        listener.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A key and a certificate for 127.0.0.1 that only those trust who are told to."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "certificate.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, secret)
    return chain, context


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "mail.password"
    path.write_text("sesame\n")
    return path


def only_sesame(post):
    """Accept the login of reaper with the right password."""

    def check(server, session, envelope, mechanism, given):
        post.logins.append((mechanism, given.login, session.ssl is not None))
        return AuthResult(success=given.password == b"sesame", handled=False)

    return check


@pytest.fixture
def post_with_login():
    post = Post()
    return post, only_sesame(post)


@pytest.fixture
def postman():
    """Make a postman of a server; it says goodbye at the end."""
    opened = []

    def make(settings, sender="Reaper <reaper@example.org>"):
        made = SmtpPostman(settings, sender, HandClock(START))
        opened.append(made)
        return made.__enter__()

    yield make
    for each in opened:
        each.__exit__()


@pytest.fixture
def office(tmp_path):
    """A post office with a ledger in a file; whose letters go where a test says."""
    store = open_store(f"sqlite:///{tmp_path / 'reaper.db'}", share("migrations"), create=True)
    yield PostOffice(store, HandClock(NOW), renderer=LetterRenderer(share("notify")))
    store.close()


@pytest.fixture
def message():
    def make(*to, **changes):
        said = {
            "message_id": "<letter-1@reaper.example.org>",
            "to": to or ("ann@example.org",),
            "subject": "Your trial project ends",
            "text": "It ends.\n",
            "html": "<p>It ends.</p>\n",
            "language": "en",
        }
        return Message(**said | changes)

    return make
