"""The sample and the documents are made from the options, and stay so."""

from reaper import config
from reaper.config.sample import with_table
from reaper.paths import share


def test_the_sample_in_the_repository_is_the_one_of_the_code():
    there = (share("etc") / "reaper.conf.sample").read_text(encoding="utf-8")
    assert there == config.sample(), "run python -m reaper.config"


def test_the_documents_hold_the_table_of_today():
    page = (share("etc").parent / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == with_table(page), "run python -m reaper.config"


def test_the_sample_is_itself_a_usable_file(tmp_path):
    file = tmp_path / "reaper.conf"
    file.write_text(config.sample(), encoding="utf-8")
    loaded = config.load([str(file)])
    assert loaded == config.Settings(clouds=("mycloud",), protect=("admin", "service"), sources=(file,))


def test_the_sample_is_still_usable_with_every_default_written_out(tmp_path):
    file = tmp_path / "reaper.conf"
    lines = [
        line.removeprefix("#") if line[:1] == "#" and line[1:2] != " " else line
        for line in config.sample().splitlines()
    ]
    given = [line for line in lines if not line.endswith(" =")]
    file.write_text("\n".join(given), encoding="utf-8")
    loaded = config.load([str(file)])
    assert loaded == config.Settings(clouds=("mycloud",), protect=("admin", "service"), sources=(file,))
    assert len(given) > 60


def test_every_setting_says_what_it_means():
    for group, options in config.list_opts():
        for option in options:
            assert option.help, f"{group}.{option.dest}"
            assert option.help.endswith("."), f"{group}.{option.dest}"
