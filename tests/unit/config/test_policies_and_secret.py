"""The folder of policies, and the secret that signs links."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from reaper import config
from reaper.config import LimitSettings, MailSettings, Settings, WebSettings
from reaper.errors import Unusable
from reaper.gates import Limits
from reaper.paths import share
from reaper.policy import parse

POLICY = "policy: {}\nmatch: {{names: [a]}}\n"


@pytest.fixture
def settings(tmp_path):
    return Settings(
        clouds=("c1",), protect=("admin",), policies_dir=tmp_path, web=WebSettings(secret_file=tmp_path / "web.secret")
    )


def test_policies_are_read_in_the_order_of_their_file_names(settings, tmp_path):
    for name in ("20-b.yml", "10-c.yaml", "B.yaml", "a.yaml"):
        (tmp_path / name).write_text(POLICY.format(name.partition(".")[0]))
    assert [policy.name for policy in config.load_policies(settings)] == ["10-c", "20-b", "B", "a"]


def test_what_editors_leave_behind_is_no_policy(settings, tmp_path):
    (tmp_path / "a.yaml").write_text(POLICY.format("a"))
    for name in ("a.yaml~", ".a.yaml.swp", "#a.yaml#", ".#a.yaml", "a.yaml.bak", "a.yaml.rpmsave", "README", "x.json"):
        (tmp_path / name).write_text("not a policy: [")
    assert len(config.load_policies(settings)) == 1


def test_a_folder_that_is_missing_or_empty_is_unusable(settings, tmp_path):
    with pytest.raises(Unusable, match="holds no policy; copy one of the shipped ones"):
        config.load_policies(settings)
    with pytest.raises(Unusable, match=r"DEFAULT\.policies_dir: .*: No such file or directory"):
        config.load_policies(replace(settings, policies_dir=tmp_path / "nowhere"))


def test_all_wrong_files_are_told_at_once(settings, tmp_path):
    (tmp_path / "a.yaml").write_text(POLICY.format("a") + "enforced: x\n")
    (tmp_path / "b.yaml").write_text(POLICY.format("b"))
    (tmp_path / "c.yaml").write_text(POLICY.format("b") + "reclaim: {keep: [zeppelin]}\n")
    (tmp_path / "d.yaml").symlink_to(tmp_path / "gone")
    (tmp_path / "e.yaml").write_text(POLICY.format("b"))
    with pytest.raises(Unusable) as caught:
        config.load_policies(settings)
    told = str(caught.value).split("\n")
    assert len(told) == 4
    assert told[0].startswith(f"{tmp_path}/a.yaml:3:1: enforced: unknown key")
    assert "there is no kind 'zeppelin'" in told[1]
    assert told[2] == f"{tmp_path}/d.yaml: cannot be read: No such file or directory"
    assert (
        told[3] == f"{tmp_path}/e.yaml:1:1: policy: the name 'b' stands already in {tmp_path}/b.yaml; give it another"
    )


def test_named_files_are_read_in_their_order():
    files = [share("policies") / name for name in ("trial.yaml", "research.yaml")]
    assert [policy.name for policy in config.read_policies(files)] == ["trial", "research"]


def test_the_secret_is_made_once_and_closed_to_others(settings):
    made = config.secrets_of(settings)
    assert len(made) == 1
    assert len(made[0]) >= 64
    assert stat.S_IMODE(settings.web.secret_file.stat().st_mode) == 0o600
    assert config.secrets_of(settings) == made


def test_many_that_start_at_once_get_the_same_secret(settings, tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: config.secrets_of(settings), range(32)))
    assert len(found) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["web.secret"]


def test_a_new_secret_above_the_old_one_signs(settings):
    settings.web.secret_file.write_text("n" * 40 + "\n\n" + "o" * 40 + "\n")
    settings.web.secret_file.chmod(0o640)
    assert config.secrets_of(settings) == ("n" * 40, "o" * 40)


@pytest.mark.parametrize(
    ("content", "mode", "sentence"),
    [
        (b"s" * 40, 0o644, "is open to every user of this machine; chmod 600 it"),
        (b"s" * 31, 0o600, "holds less than 32 characters"),
        (b"s" * 40 + b"\nshort\n", 0o600, "holds less than 32 characters"),
        (b"", 0o600, "holds less than 32 characters"),
        (b"\xff" * 40, 0o600, "is no text; remove it and a new one is made"),
    ],
)
def test_a_secret_that_is_none_is_refused(settings, content, mode, sentence):
    settings.web.secret_file.write_bytes(content)
    settings.web.secret_file.chmod(mode)
    with pytest.raises(Unusable, match=sentence):
        config.secrets_of(settings)


def test_a_secret_that_cannot_be_made_is_told_so(settings, tmp_path):
    nowhere = replace(settings, web=WebSettings(secret_file=tmp_path / "no" / "web.secret"))
    with pytest.raises(Unusable, match="give it a folder that Reaper's user may write to"):
        config.secrets_of(nowhere)


def test_a_policy_for_a_cloud_that_is_not_looked_after_is_remarked(settings):
    policy = parse("policy: p\nmatch: {clouds: [c1, c2], names: [a]}\nenforce: notify", "p")
    assert config.policy_remarks(settings, policy) == (
        "p: match.clouds: 'c2' is not among DEFAULT.clouds, so nothing matches there",
    )


def test_settings_that_let_letters_go_astray_are_remarked_once_letters_are_sent(settings):
    observing = parse(POLICY.format("p"), "p")
    sending = parse(POLICY.format("p") + "enforce: notify", "p")
    right = replace(
        settings,
        mail=MailSettings(sender="cloud@example.org", admins=("a@example.org",)),
        web=WebSettings(public_url="https://example.org"),
        support_contact="help@example.org",
    )
    assert config.settings_remarks(settings, [observing]) == ()
    assert [said.partition(":")[0] for said in config.settings_remarks(settings, [sending])] == [
        "support_contact",
        "mail.admins",
        "mail.sender",
        "web.public_url",
    ]
    assert config.settings_remarks(right, [sending]) == ()


def test_the_limits_are_those_that_the_gates_know():
    ours = LimitSettings()
    assert {name: getattr(ours, name) for name in Limits.__dataclass_fields__} == {
        name: getattr(Limits(), name) for name in Limits.__dataclass_fields__
    }
