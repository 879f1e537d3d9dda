"""Where the shipped folders are found."""

import pytest

from reaper import paths
from reaper.errors import Unusable


@pytest.mark.parametrize("name", paths.SHARED)
def test_every_shipped_folder_is_found_in_a_checkout(name):
    assert paths.share(name).is_dir()
    assert paths.share(name).name == name


def test_in_a_wheel_the_folders_lie_within_the_package(monkeypatch, tmp_path):
    inside = tmp_path / "reaper" / "share" / "notify"
    inside.mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "reaper" / "paths.py"))
    assert paths.share("notify") == inside


@pytest.mark.parametrize("name", ["nothing", "..", "reaper"])
def test_no_other_folder_is_handed_out(name):
    with pytest.raises(Unusable, match="install the package again"):
        paths.share(name)
