"""A Postfix of the tests' own: its files in one folder, free ports on loopback, stopped by its own command."""

import contextlib
import os
import shutil
import socket
import subprocess
from pathlib import Path

#: What Postfix has on a Debian, wherever the rest of it is told to be.
DAEMONS = Path("/usr/lib/postfix/sbin")
MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example
mydomain = example
mydestination =
mynetworks = 127.0.0.0/8
relay_domains = mail.example reaper.example
recipient_delimiter = +
local_recipient_maps =
relay_recipient_maps =
transport_maps = inline:{{ mail.example=smtp:[127.0.0.1]:{mailboxes}, reaper.example={returns} }}
alias_maps =
alias_database =
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
smtp_host_lookup = native
smtp_dns_support_level = disabled
disable_dns_lookups = yes
smtp_tls_security_level = none
smtpd_tls_security_level = none
smtpd_relay_restrictions = permit_mynetworks, reject
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 4s
smtpd_peername_lookup = no
"""
MASTER = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def lacking() -> str | None:
    """Say what keeps a Postfix from being started here."""
    if shutil.which("postfix", path="/usr/sbin:" + os.environ["PATH"]) is None or not DAEMONS.is_dir():
        return "postfix is not installed (Debian package postfix)"
    return "Postfix starts as root only" if os.geteuid() else None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@contextlib.contextmanager
def postfix(folder: Path, mailboxes: int, returns: str = ""):
    """Run a relay that passes mail on to a server at this port; yields the port that it listens on itself.

    `returns` is the transport of what comes back, if it is to go elsewhere.
    """
    port, etc = free_port(), folder / "etc"
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (etc / "main.cf").write_text(
        MAIN.format(folder=folder, mailboxes=mailboxes, returns=returns or f"smtp:[127.0.0.1]:{mailboxes}")
    )
    (etc / "master.cf").write_text(MASTER.format(port=port))
    command(etc, "start")
    try:
        yield port
    finally:
        command(etc, "stop")


def command(etc: Path, word: str) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_CONFIG": str(etc), "LC_ALL": "C"}
    done = subprocess.run(
        ["postfix", "-c", str(etc), word],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
