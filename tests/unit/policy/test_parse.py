"""From text to policy: defaults, complaints with their places, and what YAML would make of words."""

import json
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reaper.errors import Unusable
from reaper.model import Afterwards, Archive, Enforce
from reaper.policy import parse

KINDS = frozenset({"server", "floating_ip", "image"})
LEAST = 'policy: trial\nmatch: {names: ["trial-*"]}\n'
DAY = timedelta(days=1)


def complaints(text, kinds=KINDS):
    with pytest.raises(Unusable) as caught:
        parse(text, "p.yaml", kinds)
    return str(caught.value).split("\n")


def test_a_policy_that_says_little_has_the_shipped_defaults():
    terms = parse(LEAST, "p.yaml").terms()
    assert (terms.policy, terms.lasts, terms.warn_before) == ("trial", 30 * DAY, (7 * DAY, 3 * DAY, DAY))
    assert (terms.notice, terms.renew_by, terms.renew_times) == (2 * DAY, 14 * DAY, 3)
    assert (terms.at_most, terms.opens_before, terms.suspension_lasts) == (90 * DAY, 7 * DAY, 7 * DAY)
    assert (terms.orphans_wait, terms.keep, terms.archive) == (30 * DAY, frozenset(), Archive.NONE)
    assert (terms.afterwards, terms.language, terms.contacts) == (Afterwards.CLOSE, "en", ("admin", "member"))


def test_a_policy_ships_observing():
    assert parse(LEAST, "p.yaml").enforce is Enforce.OBSERVE


def test_everything_a_policy_can_say_is_read():
    policy = parse(
        """\ufeffpolicy: trial
description: Free trials.
match:
  clouds: [trystack]
  domains: [trial]
  names: ["trial-*", "test-?"]
  ids: [0123, a1b2]
  tags: {any: [free], all: [a, b], none: [keep]}
enforce: reclaim
lease: {lasts: 60d, warn_before: [10d, 2d12h], notice: 24h}
renewal: {by: 10d, times: 2, at_most: 80d, opens_before: 5d}
suspension: {lasts: 4d}
reclaim: {keep: [image], archive: none, project: reopen}
orphans: {wait: 21d}
language: zh_CN
contacts: [owner]
idle:
  - {kind: floating_ip, when: unattached, for: 12h}
  - {kind: server, when: older, for: 24h, warn_before: 2h}
""",
        "p.yaml",
        KINDS,
    )
    terms = policy.terms()
    assert policy.match.ids == ("0123", "a1b2")
    assert policy.enforce is Enforce.RECLAIM
    assert (terms.warn_before, terms.renew_times) == ((10 * DAY, 2.5 * DAY), 2)
    assert (terms.keep, terms.afterwards, terms.orphans_wait) == ({"image"}, Afterwards.REOPEN, 21 * DAY)
    assert [rule.for_ for rule in policy.idle] == [DAY / 2, DAY]


def test_a_policy_in_seconds_needs_no_renewal_section():
    short = LEAST + "lease: {lasts: 40s, warn_before: [20s], notice: 5s}\nsuspension: {lasts: 15s}\n"
    assert parse(short, "p.yaml").terms().opens_before == timedelta(seconds=40)


def test_words_of_yaml_stay_the_words_that_were_written():
    text = "policy: no\nmatch: {names: [on, 12:30, 2031-01-02, 1e3, ~x], tags: {none: [no, yes, 'null']}}\n"
    match = parse(text, "p.yaml").match
    assert match.names == ("on", "12:30", "2031-01-02", "1e3", "~x")
    assert match.tags.none == ("no", "yes", "null")


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("lease: {last: 9d}", "3:9: lease.last: unknown key; did you mean lasts?"),
        ("lasts: 9d", "3:1: lasts: unknown key here; it belongs under lease"),
        ("enforced: reclaim", "3:1: enforced: unknown key; did you mean enforce?"),
        ("warn-before: [1d]", "3:1: warn-before: unknown key; known are"),
        ("lease: {warn-before: [1d]}", "3:9: lease.warn-before: unknown key; did you mean warn_before?"),
        ("lease: {lasts: 12:30}", "3:16: lease.lasts: '12:30' is not a duration"),
        ("lease: {lasts: 7}", "3:16: lease.lasts: '7' is not a duration; the unit is missing"),
        ("lease: {lasts: [7d]}", "3:16: lease.lasts: a duration is expected here"),
        ("lease: {notice: 0s}", "3:17: lease.notice: '0s' is no time at all"),
        ("lease: {lasts: 100000d}", "3:16: lease.lasts: '100000d' is too long"),
        ("lease: {warn_before: []}", "3:22: lease.warn_before: the list is empty"),
        ("lease: {warn_before: 7d}", "3:22: lease.warn_before: a list is expected here; write [7d]"),
        ("lease: {warn_before: [1d, 3d]}", "3:22: lease.warn_before: the earliest warning comes first; write [3d, 1d]"),
        ("lease: {warn_before: [1d, 24h]}", "3:22: lease.warn_before: 1d stands twice in the list; keep one"),
        ("lease: {warn_before: [30d, 1d]}", "3:22: lease.warn_before: 30d before the end is not within a lease"),
        ("lease: {lasts: 2d}", "3:8: lease.warn_before: by default 7d, 3d before the end is not within"),
        (
            "lease: {lasts: 2d, warn_before: [1d], notice: 30d}",
            "3:47: lease.notice: no warning lies 30d before the end, so no lease could end on its day; write at",
        ),
        ("lease: {warn_before: [1d]}", "3:8: lease.notice: by default no warning lies 2d before the end"),
        ("lease: {lasts: 180d}", "1:1: renewal.at_most: by default 90d is less than lease.lasts, 180d"),
        ("renewal: {at_most: 9d}", "3:20: renewal.at_most: 9d is less than lease.lasts, 30d; write at least that"),
        ("renewal: {opens_before: 31d}", "3:25: renewal.opens_before: 31d is more than lease.lasts, 30d"),
        ("renewal: {by: 0d}", "3:15: renewal.by: '0d' is no time at all"),
        ("renewal: {times: -1}", "3:18: renewal.times: '-1' is not a number of times; write a whole number"),
        ("renewal: {times: 1:30}", "3:18: renewal.times: '1:30' is not a number of times"),
        ("renewal: {times: yes}", "3:18: renewal.times: 'yes' is not a number of times"),
        ("enforce: delete", "3:10: enforce: 'delete' is not possible; write one of observe, notify, suspend or recl"),
        ("enforce: [observe]", "3:10: enforce: ['observe'] is not possible"),
        ("reclaim: {keep: [no]}", "3:18: reclaim.keep: there is no kind 'no'; known are floating_ip, image, server"),
        ("reclaim: {keep: [floating-ip]}", "3:18: reclaim.keep: there is no kind 'floating-ip'; did you mean float"),
        ("reclaim: {keep: [image, image]}", "3:17: reclaim.keep: image stands twice"),
        (
            "reclaim: {project: keep}",
            "3:20: reclaim.project: 'keep' is not possible; write one of close, delete or reo",
        ),
        ("reclaim:", "3:9: reclaim: says nothing; write a value or leave the key out"),
        ("lease: 30d", "3:8: lease: a section is expected here, not a text"),
        ("lease: [30d]", "3:8: lease: a section is expected here, not a list"),
        ("description: {a: b}", "3:14: description: a text is expected here, not a section"),
        ("language: cn-ZH", "3:11: language: 'cn-ZH' is not a language; write one such as en or zh_CN"),
        ("contacts: []", "3:11: contacts: the list is empty"),
        ("contacts: ['member ']", "3:12: contacts: 'member ' is empty or has blanks"),
        ("idle: [{kind: server, when: old, for: 1d}]", "3:29: idle.when: 'old' is not possible"),
        ("idle: [{kind: server, when: older}]", "3:8: idle.for: is missing"),
        (
            "idle: [{kind: srver, when: older, for: 1d}]",
            "3:15: idle.kind: nothing tells whether a 'srver' is idle; did you mean server",
        ),
        (
            "idle: [{kind: router, when: older, for: 1d}]",
            "3:15: idle.kind: nothing tells whether a 'router' is idle; known are backup, floating_ip, image, server",
        ),
        (
            "idle: [{kind: server, when: unattached, for: 1d}]",
            "3:29: idle.when: unattached cannot be told of a server; it can of floating_ip, volume",
        ),
        (
            "idle: [{kind: image, when: older, for: 1d}]\nreclaim: {keep: [image]}",
            "3:7: idle: image stands in reclaim.keep, too; what is kept is not given back, name it once",
        ),
        (
            "reclaim: {archive: servers}\nidle: [{kind: server, when: stopped, for: 1d}]",
            "4:7: idle: servers cannot be given back while reclaim.archive promises an image of each",
        ),
        (
            "idle: [{kind: volume, when: unattached, for: 1d}, {kind: volume, when: unattached, for: 24h}]",
            "3:7: idle: the same rule stands in it twice; keep one",
        ),
        ("idle: [{kind: server, when: older, for: 1d, warn_before: 2d}]", "3:58: idle.warn_before: is not within 1d"),
        ("policy: twice", "3:1: policy: stands already in line 1; keep one"),
        ("lease: {lasts: 9d, lasts: 10d}", "3:20: lease.lasts: stands already in line 3; keep one"),
        ("lease: &a {lasts: 30d}\nidle: *a", "4:7: aliases (*) are not used in policies"),
        ("description: !!python/name:os.system x", "3:14: description: remove the tag"),
        ("? [a, b]\n: c", "3:3: a key is a single word"),
        ("---\npolicy: other", "3:1: a second document begins; put each policy into its own file"),
        ("lease: {lasts: 30d", "4:1: this is not YAML"),
        ("\tlease: 3", "3:1: this is not YAML: while scanning for the next token, found character"),
        ("contacts: [*]", "3:13: this is not YAML: while scanning an alias"),
        ("description: \a", "3:1: there is a character that YAML does not allow"),
        ("description: " + "[" * 50 + "]" * 50, "3:33: this is nested too deeply"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_would_be_right(more, line):
    found = complaints(f"{LEAST}{more}\n")
    assert any(told.startswith(f"p.yaml:{line}") for told in found), found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "1:1: the file is empty; a policy begins with `policy: NAME`"),
        ("# only a comment\n", "1:1: the file is empty"),
        ("- policy: trial\n", "1:1: this is no policy; it begins with `policy: NAME`"),
        ("trial", "1:1: this is no policy"),
        ("match: {names: [a]}", "1:1: policy: is missing"),
        ("policy: trial", "1:1: match: is missing"),
        ("policy: a b\nmatch: {names: [a]}", "1:9: policy: 'a b' is not a name"),
        ("policy: x\nmatch: {}", "2:8: match: says nothing that a tenant must have"),
        ("policy: x\nmatch: {tags: {none: [keep]}}", "2:8: match: says nothing that a tenant must have"),
        ("policy: x\nmatch: {names: [], tags: {non: [a]}}", "2:16: match.names: the list is empty"),
        ('policy: x\nmatch: {names: [a, "keep\\n"]}', "2:20: match.names: 'keep\\n' is empty or has blanks"),
        (b"policy: x\ndescription: \xe9t\xe9\n", "2:14: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        ("policy: x\nmatch: {names: [a]}\ndescription: " + "x" * 100_000, "1:1: the file has more than 100000 char"),
    ],
)
def test_a_file_that_is_no_policy_is_told_so(text, line):
    found = complaints(text)
    assert any(told.startswith(f"p.yaml:{line}") for told in found), found


def test_all_that_is_wrong_in_a_file_is_told_at_once_in_its_order():
    text = LEAST + "policy: y\nlease: {lasts: 180d, notice: 0d}\nrenewal: {at_most: 3d}\nrenewals: {}\nlanguage: x\n"
    found = complaints(text)
    keys = [told.split(": ")[1] for told in found]
    assert keys == ["policy", "lease.notice", "renewals", "language"]


def test_rules_between_sections_are_told_beside_unknown_keys():
    found = complaints(LEAST + "renewal: {at_most: 3d, opens_before: 40d}\nfoo: bar\n")
    assert [told.split(": ")[1] for told in found] == ["renewal.at_most", "renewal.opens_before", "foo"]


def test_names_of_kinds_are_checked_only_when_the_kinds_are_given():
    assert parse(LEAST + "reclaim: {keep: [zeppelin]}", "p.yaml").reclaim.keep == ("zeppelin",)


def test_a_file_with_windows_line_ends_says_the_same():
    assert parse(LEAST.replace("\n", "\r\n"), "p.yaml") == parse(LEAST, "p.yaml")


def told(text):
    try:
        parse(text, "p.yaml", KINDS)
    except Unusable as error:
        return str(error).split("\n")
    return []


_PIECES = st.sampled_from(
    [
        *"{}[]:,-#&*!|>'\"%@\t \n?~",
        "policy: x",
        "match:",
        "\n  ",
        "names",
        "7d",
        "lease: ",
        "<<",
        "---\n",
        "!!int",
        "\\U",
    ]
)


@example('"\\UFFFFFFFF"')
@example("%YAML 1." + "9" * 5000 + "\n--- a")
@example("[" * 3000)
@example("a: " * 3000)
@example("- " * 3000)
@example("\ud800")
@example("&a [*a]")
@example("? ? ? ")
@settings(deadline=None)
@given(st.one_of(st.text(), st.binary(), st.lists(_PIECES).map("".join)))
def test_any_text_is_a_policy_or_unusable_and_nothing_else(text):
    assert all(line.startswith("p.yaml:") for line in told(text))


_VALUES = st.recursive(
    st.one_of(st.sampled_from(["7d", "0d", "3", "reclaim", "image", "", "~", "x y", "*"]), st.none()),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(st.sampled_from(["kind", "any", "a"]), below)),
    max_leaves=6,
)
_SECTIONS = {
    "lease": ["lasts", "warn_before", "notice"],
    "renewal": ["by", "times", "at_most", "opens_before"],
    "reclaim": ["keep", "archive", "archive_kept", "project"],
    "match": ["names", "tags", "ids", "clouds"],
    "orphans": ["wait"],
}


@settings(deadline=None)
@given(st.data())
def test_any_shape_of_values_is_a_policy_or_unusable_and_nothing_else(data):
    document = {"policy": "x", "match": {"names": ["a"]}}
    for section in data.draw(st.lists(st.sampled_from([*_SECTIONS, "idle", "contacts", "enforce"]), unique=True)):
        inner = st.dictionaries(st.sampled_from(_SECTIONS.get(section, ["kind"])), _VALUES)
        document[section] = data.draw(st.one_of(inner, _VALUES))
    assert all(line.startswith("p.yaml:") for line in told(json.dumps(document)))
