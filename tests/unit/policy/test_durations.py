"""Durations: what is one, what is none, and what is said about it."""

import contextlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reaper.errors import Unusable
from reaper.policy import durations


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("45s", timedelta(seconds=45)),
        ("10m", timedelta(minutes=10)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
        ("1d12h", timedelta(hours=36)),
        ("1w2d3h4m5s", timedelta(days=9, hours=3, minutes=4, seconds=5)),
        ("007d", timedelta(days=7)),
        ("36524d", timedelta(days=36524)),
    ],
)
def test_a_duration_is_numbers_with_units(text, span):
    assert durations.parse(text) == span


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "write a number with its unit, such as 45s"),
        ("7", "the unit is missing: write 7s, 7m, 7h, 7d or 7w"),
        ("7 days", "write 7d"),
        ("7D", "write 7d"),
        ("7 months", "write days, such as 210d"),
        ("1 Month", "write days, such as 30d"),
        ("7mo", "write days, such as 210d"),
        ("2 years", "write days, such as 730d"),
        ("1 quarter", "write days, such as 91d"),
        ("3个月", "write days, such as 90d"),
        ("7M", "write 7m for minutes; for months write days, such as 210d"),
        ("7 minutes", "write 7m"),
        ("7 Mins", "write 7m"),
        ("2 Weeks", "write 2w"),
        ("12:30", "write a number with its unit"),
        ("1.5d", "write a number with its unit"),
        ("12h1d", "write a number with its unit"),
        ("1d1d", "write a number with its unit"),
        ("-3d", "write a number with its unit"),
        ("d", "write a number with its unit"),
        ("7d\n", "write 7d"),
        ("\u0667d", "write a number with its unit"),
        ("0d", "a duration is at least 1s"),
        ("36525d", "a duration stays under 100 years"),
        ("9" * 5000 + "s", "a duration stays under 100 years"),
        ("9" * 5000, "write a number with its unit"),
    ],
)
def test_what_is_no_duration_is_told_what_would_be_one(text, advice):
    with pytest.raises(Unusable) as caught:
        durations.parse(text)
    assert advice in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 150


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=int(durations.LONGEST.total_seconds()) - 1))
def test_every_whole_span_is_read_back_as_it_was_written(seconds):
    span = timedelta(seconds=seconds)
    assert durations.parse(durations.written(span)) == span


@settings(deadline=None)
@given(st.text(alphabet="0123456789wdhms -.:", max_size=12))
def test_any_text_is_a_positive_duration_or_refused(text):
    with contextlib.suppress(durations.NotADuration):
        assert timedelta(0) < durations.parse(text) < durations.LONGEST


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(0), "0s"),
        (timedelta(milliseconds=1500), "1s"),
        (timedelta(days=14), "14d"),
        (timedelta(hours=48), "2d"),
        (timedelta(seconds=93784), "1d2h3m4s"),
    ],
)
def test_spans_are_written_in_days_and_smaller(span, text):
    assert durations.written(span) == text
