"""A simulated cloud, a real mail server, and the command line in this process."""

from __future__ import annotations

import json

import pytest
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP
from click.testing import CliRunner

from reaper.cli import reaper
from reaper.mail.listener import Listener
from reaper.simulator import Simulator

CONF = """\
[DEFAULT]
clouds = sim
protect = admin, service
policies_dir = {folder}/policies
[database]
connection = sqlite:///{folder}/reaper.db
[mail]
host = 127.0.0.1
port = {smtp}
[web]
public_url = http://127.0.0.1:9
secret_file = {folder}/secret
"""
POLICY = """\
policy: trial
match: {names: ["trial-*"]}
enforce: reclaim
"""


class Terminal:
    """Says commands and gives back what they print."""

    def __init__(self, conf) -> None:
        self.conf = conf

    def say(self, *words, typed: str | None = None):
        return CliRunner().invoke(reaper, ["--config-file", str(self.conf), *words], input=typed, catch_exceptions=True)

    def ask(self, *words, code: int = 0):
        """Say a command with -f json; its standard output must be one document."""
        answer = self.say(*words, "-f", "json")
        assert answer.exit_code == code, (answer.output, answer.exception)
        return json.loads(answer.stdout)


@pytest.fixture
def sim():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def terminal(sim, tmp_path, monkeypatch):
    post = Listener("127.0.0.1:0", lambda: SMTP(Sink(), enable_SMTPUTF8=True))
    post.start()
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "trial.yaml").write_text(POLICY, encoding="utf-8")
    clouds = tmp_path / "clouds.yaml"
    clouds.write_text(json.dumps(sim.clouds_yaml("sim")), encoding="utf-8")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(clouds))
    conf = tmp_path / "reaper.conf"
    conf.write_text(CONF.format(folder=tmp_path, smtp=post.port), encoding="utf-8")
    yield Terminal(conf)
    post.stop()
