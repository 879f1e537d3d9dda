"""What mail servers would refuse is refused here first, with its line."""

import pytest

from reaper import config
from reaper.errors import Unusable


def loaded(tmp_path, *lines):
    file = tmp_path / "reaper.conf"
    file.write_text("\n".join(["[DEFAULT]", "clouds = a", "protect = admin", "[mail]", *lines]))
    return config.load([str(file)])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("sender = r@localhost", "5: mail.sender: mail servers refuse 'r@localhost' as a sender"),
        ("sender = R <reaper@box>", "5: mail.sender: mail servers refuse 'reaper@box' as a sender"),
        ("sender = reaper@cloud.local", "5: mail.sender: mail servers refuse 'reaper@cloud.local' as a sender"),
        ("helo_name = box", "5: mail.helo_name: 'box' is no fully qualified host name"),
        ("helo_name = localhost.localdomain", "5: mail.helo_name: 'localhost.localdomain' is no fully qualified"),
        ("helo_name = [10.0.0.9]", "5: mail.helo_name: '[10.0.0.9]' is no fully qualified host name"),
    ],
)
def test_a_name_that_means_something_on_one_machine_only_is_refused(tmp_path, line, says):
    with pytest.raises(Unusable) as refused:
        loaded(tmp_path, line)
    assert says in str(refused.value)


def test_a_sender_that_nobody_has_set_will_do_for_this_machines_own_mail_server_only(tmp_path):
    assert config.sender_trouble(loaded(tmp_path).mail) is None
    assert "refuse 'reaper@localhost'" in config.sender_trouble(loaded(tmp_path, "host = mx.example.org").mail)
    assert "refuse 'reaper@localhost'" in config.sender_trouble(loaded(tmp_path, "sender = reaper@localhost").mail)
