"""Dates and spans are true in every language, and never promise more time than there is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.letters.languages import joined, moment, relative, span, times

NOW = datetime(2031, 11, 28, 9, 7, tzinfo=UTC)


def test_a_moment_is_named_with_weekday_year_and_zone():
    said = moment(datetime(2031, 12, 2, 9, 0, tzinfo=UTC), NOW, "en", UTC)
    assert (said.day, said.full) == ("Tuesday 2 December", "Tuesday 2 December 2031, 09:00 UTC")
    said = moment(datetime(2031, 12, 2, 9, 0, tzinfo=UTC), NOW, "zh_CN", UTC)
    assert (said.day, said.full) == ("12月2日（星期二）", "2031年12月2日（星期二）09:00 UTC")  # noqa: RUF001 - Chinese


def test_a_moment_far_away_has_its_year_even_when_short():
    assert moment(datetime(2032, 12, 2, tzinfo=UTC), NOW, "en", UTC).day == "Thursday 2 December 2032"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(480, "Tuesday 2 December 2031, 07:30 UTC+08:00"), (-210, "Monday 1 December 2031, 20:00 UTC-03:30")],
)
def test_a_zone_is_named_by_its_distance_since_its_letters_are_ambiguous(minutes, said):
    zone = timezone(timedelta(minutes=minutes))
    assert moment(datetime(2031, 12, 1, 23, 30, tzinfo=UTC), NOW, "en", zone).full == said


def test_seconds_are_said_only_when_they_matter():
    assert moment(NOW + timedelta(seconds=40), NOW, "en", UTC).full.endswith("09:07:40 UTC")
    assert moment(NOW - timedelta(seconds=40), NOW, "en", UTC).full.endswith("09:06 UTC")
    assert moment(NOW, NOW, "en", UTC).full.endswith("09:07 UTC")


@pytest.mark.parametrize(
    ("away", "english", "chinese"),
    [
        (timedelta(days=7), "in 7 days", "7天后"),
        (timedelta(days=7, seconds=-61), "in 7 days", "7天后"),
        (timedelta(days=2, hours=12), "in 2 days", "2天后"),
        (timedelta(days=1), "in 24 hours", "24小时后"),
        (timedelta(hours=1), "in 60 minutes", "60分钟后"),
        (timedelta(seconds=20), "in 20 seconds", "20秒后"),
        (timedelta(seconds=1), "in 1 second", "1秒后"),
        (timedelta(days=-3), "3 days ago", "3天前"),
        (timedelta(minutes=-2), "2 minutes ago", "2分钟前"),
        (timedelta(seconds=-59), "just now", "刚刚"),
        (timedelta(0), "just now", "刚刚"),
    ],
)
def test_how_far_away_a_moment_is_reads_naturally(away, english, chinese):
    assert relative(NOW + away, NOW, "en") == english
    assert relative(NOW + away, NOW, "zh_CN") == chinese


UNITS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=400)))
def test_nobody_is_promised_noticeably_more_time_than_there_is(away):
    count, unit = relative(NOW + away, NOW, "en").removeprefix("in ").split()
    promised = int(count) * UNITS[unit.removesuffix("s")]
    assert promised - away.total_seconds() <= UNITS[unit.removesuffix("s")] / 2
    assert promised <= away.total_seconds() * 1.05 + 1


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(days=14), "14 days", "14天"),
        (timedelta(hours=48), "2 days", "2天"),
        (timedelta(hours=36), "36 hours", "36小时"),
        (timedelta(minutes=90), "90 minutes", "90分钟"),
        (timedelta(seconds=40), "40 seconds", "40秒"),
        (timedelta(days=1), "1 day", "1天"),
        (timedelta(0), "0 days", "0天"),
    ],
)
def test_a_span_is_said_exactly(length, english, chinese):
    assert span(length, "en").text == english
    assert span(length, "zh_CN").text == chinese


def test_lists_read_as_sentences_do():
    assert joined(["a", "b", "c"], "en") == "a, b and c"
    assert joined(["甲", "乙", "丙"], "zh_CN") == "甲、乙和丙"
    assert joined(["1台服务器", "1个浮动 IP", "2个镜像"], "zh_CN") == "1台服务器、1个浮动 IP 和2个镜像"
    assert joined(["north", "south"], "zh_CN") == "north 和 south"
    assert [joined([], "en"), joined(["a"], "en")] == ["", "a"]


def test_how_often_reads_naturally():
    assert [times(n, "en") for n in (1, 2, 3)] == ["once", "twice", "3 times"]
    assert times(3, "zh_CN") == "3次"
