"""From files and environment to settings: what holds, and what is said when it cannot."""

import dataclasses
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reaper import config
from reaper.config import files
from reaper.errors import Unusable

LEAST = "[DEFAULT]\nclouds = mycloud\nprotect = admin, service\n"


def sentences(load, *args):
    with pytest.raises(Unusable) as caught:
        load(*args)
    return str(caught.value).split("\n")


def test_a_file_that_says_only_what_is_required_gives_the_documented_defaults(configured):
    loaded = configured()
    expected = config.Settings(clouds=("mycloud",), protect=("admin", "service"), sources=loaded.sources)
    assert loaded == expected
    assert (loaded.mail.host, loaded.mail.port, loaded.mail.security) == ("localhost", 25, "none")
    assert loaded.sweep.observe_every == timedelta(minutes=5)
    assert (loaded.limits.tenants_per_pass, loaded.limits.percent_per_pass) == (10, 5)
    assert loaded.policies_dir == Path("/etc/reaper/policies")


def test_every_option_has_its_place_in_the_settings_with_the_same_default():
    made = config.Settings(clouds=(), protect=())
    for group, options in config.list_opts():
        at = made if group == "DEFAULT" else getattr(made, group)
        names = {field.name for field in dataclasses.fields(at)}
        assert {option.dest for option in options} <= names
        for option in options:
            default = option.default if option.default is None else option.type(option.default)
            there = getattr(at, option.dest)
            assert there == (
                tuple(default or ())
                if isinstance(there, tuple)
                else Path(default)
                if isinstance(there, Path)
                else default
            )


def test_settings_cannot_be_changed(configured):
    with pytest.raises(dataclasses.FrozenInstanceError):
        configured().clouds = ()


def test_everything_is_read(configured, tmp_path):
    password = tmp_path / "password"
    password.write_text("x")
    password.chmod(0o640)
    (tmp_path / "letters").mkdir()
    loaded = configured(
        """letters_dir = letters
cloud_title = The free cloud
support_contact = help@example.org
time_zone = Asia/Shanghai
[database]
connection = postgresql+psycopg://reaper:a$$b@db/reaper
[mail]
host = mx
port = 465
security = tls
username = reaper
password_file = password
sender = 试用 <cloud@example.org>
admins = a@example.org,
  b@example.org
timeout = 5s
letters_per_connection = 7
[web]
listen = [::1]:0
public_url = https://example.org/reaper/
secret_file = secret
[sweep]
observe_every = 1h30m
[limits]
percent_per_day = 0.5
silence = 2w
[coordination]
backend_url = etcd3+http://x:2379
[logs]
format = json
level = debug
"""
    )
    assert loaded.time_zone == ZoneInfo("Asia/Shanghai")
    assert loaded.database.connection == "postgresql+psycopg://reaper:a$b@db/reaper"
    assert loaded.mail.admins == ("a@example.org", "b@example.org")
    assert loaded.mail.password_file == password
    assert loaded.letters_dir == tmp_path / "letters"
    assert (loaded.web.host, loaded.web.port) == ("::1", 0)
    assert loaded.web.public_url == "https://example.org/reaper"
    assert loaded.web.secret_file == tmp_path / "secret"
    assert loaded.sweep.observe_every == timedelta(minutes=90)
    assert (loaded.limits.percent_per_day, loaded.limits.silence) == (0.5, timedelta(days=14))
    assert loaded.coordination.backend_url == "etcd3+http://x:2379"
    assert (loaded.logs.format, loaded.logs.level) == ("json", "debug")


def test_secrets_do_not_show_when_settings_are_printed(configured):
    loaded = configured(
        "[database]\nconnection = mysql+pymysql://u:hush@h/d\n[coordination]\nbackend_url = redis://:hush@h\n"
    )
    assert "hush" in loaded.database.connection
    assert "hush" not in repr(loaded)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("sqlite:///reaper.db", "sqlite:///{}/reaper.db"),
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_a_relative_database_starts_at_the_folder_of_the_file(configured, tmp_path, said, meant):
    assert configured(f"[database]\nconnection = {said}\n").database.connection == meant.format(tmp_path)


def test_the_environment_stands_above_the_files(configured, monkeypatch):
    monkeypatch.setenv("OS_MAIL__PORT", "2525")
    monkeypatch.setenv("OS_DEFAULT__CLOUDS", "one,two")
    loaded = configured("[mail]\nport = 26\n")
    assert (loaded.mail.port, loaded.clouds) == (2525, ("one", "two"))


def test_later_files_stand_above_earlier_ones_and_each_has_a_folder_beside_it(tmp_path):
    first, second = tmp_path / "a.conf", tmp_path / "sub" / "b.conf"
    more = tmp_path / "a.conf.d"
    for folder in (more, second.parent):
        folder.mkdir()
    first.write_text(LEAST + "policies_dir = mine\n[mail]\nport = 1\nhost = a\n")
    (more / "10.conf").write_text("[mail]\nport = 2\n")
    (more / "20.conf").write_text("[mail]\nport = 3\n")
    (more / "30.conf~").write_text("[mail]\nport = 4\n")
    (more / ".40.conf").write_text("[mail]\nport = 5\n")
    second.write_text("[mail]\nhost = b\n[web]\nsecret_file = s\n")
    loaded = config.load([str(first), str(second)])
    assert (loaded.mail.port, loaded.mail.host) == (3, "b")
    assert loaded.sources == (first, more / "10.conf", more / "20.conf", second)
    assert (loaded.policies_dir, loaded.web.secret_file) == (tmp_path / "mine", tmp_path / "s")


def test_without_a_name_the_standard_file_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr(files, "STANDARD", tmp_path / "reaper.conf")
    assert "reaper.conf.sample" in sentences(config.load)[0]
    (tmp_path / "reaper.conf").write_text(LEAST)
    assert config.load().clouds == ("mycloud",)


def test_the_environment_alone_is_enough(monkeypatch, tmp_path):
    monkeypatch.setattr(files, "STANDARD", tmp_path / "reaper.conf")
    monkeypatch.setenv("OS_DEFAULT__CLOUDS", "mycloud")
    monkeypatch.setenv("OS_DEFAULT__PROTECT", "admin")
    assert config.load().protect == ("admin",)


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("cloud = x", "4: DEFAULT.cloud: there is no such setting; did you mean clouds?"),
        ("host = x", "4: DEFAULT.host: there is no such setting in this group; it belongs under [mail]"),
        ("[mial]\nhost = x", "5: mial.host: there is no group [mial]; did you mean mail?"),
        ("[Mail]\nhost = x", "5: Mail.host: there is no group [Mail]; did you mean mail?"),
        ("[default]\nclouds = x", "5: default.clouds: there is no group [default]; did you mean DEFAULT?"),
        ("[mail]\nhost = a\nport = 3\nhost = b", "7: mail.host: stands already in line 5; keep one"),
        ("clouds = other", "4: DEFAULT.clouds: stands already in line 2; keep one"),
        ("[mail]\nport = smtp", "5: mail.port: 'smtp' is not possible; write a number from 1 to 65535"),
        ("[mail]\nport = 70000", "5: mail.port: '70000' is not possible; write a number from 1 to 65535"),
        ("[mail]\nsecurity = ssl", "5: mail.security: 'ssl' is not possible; write one of none, starttls, tls"),
        ("[mail]\nsender = cloud", "5: mail.sender: 'cloud' is no mail address"),
        ("[mail]\nadmins = a@b.c, d", "5: mail.admins: 'd' is no mail address"),
        ("[mail]\nhost =", "5: mail.host: it is empty"),
        ("[mail]\nhost = a\n  b", "5: mail.host: it is empty or runs over several lines"),
        ("[web]\nlisten = 8080", "5: web.listen: '8080' is not possible; write address and port"),
        ("[web]\nlisten = x:99999", "5: web.listen: 'x:99999' is not possible"),
        ("[web]\npublic_url = example.org", "5: web.public_url: 'example.org' is not possible; write http:// or"),
        ("[web]\npublic_url = http://[::1", "5: web.public_url: Invalid IPv6 URL"),
        ("[sweep]\nsweep_every = 60", "5: sweep.sweep_every: '60' is not a duration; the unit is missing: write 60s"),
        ("[limits]\npercent_per_day = nan", "5: limits.percent_per_day: 'nan' is not possible; write a number from 0"),
        ("[limits]\npercent_per_day = 101", "5: limits.percent_per_day: '101' is not possible"),
        ("[limits]\npercent_per_day = 20%", "5: limits.percent_per_day: '20%' is not possible; write a number"),
        ("[limits]\ntenants_per_day = -1", "5: limits.tenants_per_day: '-1' is not possible; write a number from 0"),
        ("[limits]\nworkers = 0", "5: limits.workers: '0' is not possible; write a number from 1 to 256"),
        ("time_zone = Mars/Base", "4: DEFAULT.time_zone: 'Mars/Base' is not known; write one such as UTC"),
        ("time_zone = ../../etc/passwd", "4: DEFAULT.time_zone: '../../etc/passwd' is not known"),
        ("policies_dir = x  # mine", "4: DEFAULT.policies_dir: a comment cannot follow a value"),
        ("[database]\nconnection = hush", "5: database.connection: it is no URL"),
        ("[database]\nconnection = postgresql://u:hush@h/d", "5: database.connection: 'postgresql' is not known"),
        ("[database]\nconnection = mysql+pymysql://u:hu$sh@h/d", "5: database.connection: a single $ is not possible"),
        ("[mail]\nlmtp_listen = 127.0.0.1:2525", "5: mail.lmtp_listen: takes what comes back to mail.bounces_to; give"),
        ("[mail]\nlmtp_listen = 0.0.0.0:24", "5: mail.lmtp_listen: '0.0.0.0:24' is not possible; write a port on loop"),
        ("[mail]\nlmtp_listen = run/door", "5: mail.lmtp_listen: 'run/door' is not possible; write a port on loopback"),
        ("[mail]\nlmtp_listen = 127.0.0.1:0", "5: mail.lmtp_listen: '127.0.0.1:0' is not possible"),
        ("[mail]\nusername = x", "5: mail.username: and mail.password_file belong together"),
        ("letters_dir = nowhere", "4: DEFAULT.letters_dir: "),
        ("[mail]\nca_file = nowhere", "5: mail.ca_file: "),
        ("what is this", "4: this is no setting; write [group] or option = value in the first column"),
        ("[mail\nhost = x", "4: this is no setting"),
        ("[web]\n  listen = x", "5: this is no setting"),
        ("= x", "4: this is no setting"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_what_would_be_right(configured, tmp_path, more, line):
    found = sentences(configured, f"{more}\n")
    assert any(told.startswith(f"{tmp_path}/reaper.conf:{line}") for told in found), found
    assert not any("hush" in told for told in found)


@pytest.mark.parametrize("protect", ["'admin', 'service'", '"admin","service"', "[admin, service]", "admin # ours"])
def test_a_protect_list_that_would_protect_nothing_is_refused(configured, protect):
    found = sentences(configured, "", f"[DEFAULT]\nclouds = c\nprotect = {protect}\n")
    assert "DEFAULT.protect" in found[0]


def test_a_protect_list_may_run_over_lines(configured):
    loaded = configured("", "[DEFAULT]\r\nclouds = c\r\nprotect = admin,\r\n  my service\r\n  admin,\r\n")
    assert loaded.protect == ("admin", "my service")


@pytest.mark.parametrize("least", ["", "[DEFAULT]\n", "[DEFAULT]\nclouds =\nprotect = ,\n"])
def test_clouds_and_protected_projects_have_to_be_named(configured, least):
    found = sentences(configured, "", least)
    assert "DEFAULT.clouds: is missing; name the entries of clouds.yaml" in found[0]
    assert "DEFAULT.protect: is missing; name the projects that are never tenants" in found[1]


def test_all_that_is_wrong_is_told_at_once(configured):
    assert len(sentences(configured, "a = 1\nb = 2\n[mail]\nport = x\n")) == 3


def test_a_file_that_is_missing_or_a_folder_or_not_utf8_is_told_so(tmp_path):
    assert sentences(config.load, [str(tmp_path / "no.conf")]) == [
        f"{tmp_path}/no.conf: cannot be read: No such file or directory"
    ]
    assert sentences(config.load, [str(tmp_path)]) == [f"{tmp_path}: cannot be read: Is a directory"]
    (tmp_path / "latin.conf").write_bytes(b"[DEFAULT]\ncloud_title = \xe9t\xe9\n")
    assert sentences(config.load, [str(tmp_path / "latin.conf")]) == [
        f"{tmp_path}/latin.conf:2: byte 0xe9 is not UTF-8; save it as UTF-8"
    ]


def test_a_wrong_value_in_the_environment_names_its_variable(configured, monkeypatch):
    monkeypatch.setenv("OS_SWEEP__SWEEP_EVERY", "soon")
    assert sentences(configured)[0].startswith("OS_SWEEP__SWEEP_EVERY: sweep.sweep_every: 'soon' is not a duration")


def test_a_slip_in_the_environment_is_told_and_other_services_are_left_alone(configured, monkeypatch):
    monkeypatch.setenv("OS_KEYSTONE_AUTHTOKEN__USERNAME", "nova")
    monkeypatch.setenv("OS_CLOUD", "x")
    configured()
    monkeypatch.setenv("OS_MAIL__HOTS", "x")
    assert sentences(configured) == ["OS_MAIL__HOTS: there is no such setting; did you mean OS_MAIL__HOST?"]


def test_a_password_file_must_exist_and_be_closed(configured, tmp_path):
    lines = "[mail]\nusername = x\npassword_file = pass\n"
    assert "name a file that exists" in sentences(configured, lines)[0]
    (tmp_path / "pass").write_text("x")
    (tmp_path / "pass").chmod(0o644)
    assert f"{tmp_path}/pass is open to every user of this machine; chmod 600 it" in sentences(configured, lines)[0]
    (tmp_path / "pass").chmod(0o600)
    assert configured(lines).mail.username == "x"


def test_a_password_does_not_cross_the_network_in_the_open(configured, tmp_path):
    (tmp_path / "pass").touch(mode=0o600)
    lines = "[mail]\nusername = x\npassword_file = pass\nhost = mx.example.org\n"
    assert "none would show the password to the network" in sentences(configured, lines)[0]
    assert configured(f"{lines}security = starttls\n").mail.security == "starttls"


def complaints(file):
    try:
        config.load([str(file)])
    except Unusable as error:
        return str(error).split("\n")
    return []


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(), st.text(alphabet="[]=:#;$'\" \t\r\nabcmailhostclouds%{}\\0", max_size=60).map(str.encode))
)
def test_any_file_is_settings_or_unusable_and_nothing_else(tmp_path, content):
    file = tmp_path / "any.conf"
    file.write_bytes(LEAST.encode() + content)
    assert all(told.startswith(str(tmp_path)) for told in complaints(file))
