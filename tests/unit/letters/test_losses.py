"""What is lost is told as its people would count it, and nothing of others is ever told."""

from reaper.kinds import KINDS
from reaper.letters.languages import CHINESE
from reaper.letters.losses import NAMED_AT_MOST, clean, counted, losses_in
from reaper.model import LetterKind
from tests.unit.letters.cases import POSSESSIONS, facts, owned, tenant_for, with_terms


def told(resources, keep=(), language="en"):
    losses = losses_in(resources, keep, language)
    return {group.text: [(thing.name, thing.detail) for thing in group.things] for group in losses.groups}


def test_servers_have_addresses_and_volumes_sizes():
    assert told(POSSESSIONS) == {
        "2 servers": [("database", "10.0.0.6"), ("web", "10.0.0.5, 203.0.113.7")],
        "1 floating IP": [("203.0.113.7", "")],
        "1 volume": [("records", "123 GB")],
        "1 image": [("golden", "2.5 GB")],
    }


def test_counts_are_told_in_chinese():
    assert list(told(POSSESSIONS, language="zh_CN")) == ["2台服务器", "1个浮动 IP", "1个云硬盘", "1个镜像"]


def test_what_nobody_asks_names_of_is_only_counted():
    assert losses_in(POSSESSIONS, (), "en").besides == "1 router and 1 network"


def test_what_the_policy_keeps_is_not_lost():
    assert "1 image" not in told(POSSESSIONS, keep={"image"})


def test_a_kind_that_this_list_does_not_know_is_counted_all_the_same():
    assert losses_in([owned("load_balancer"), owned("load_balancer", "b")], (), "en").besides == "2 load balancers"


def test_facts_that_the_cloud_did_not_tell_leave_no_hole():
    assert told([owned("server", "web"), owned("volume"), owned("floating_ip", "ip", address=None)]) == {
        "1 server": [("web", "")],
        "1 floating IP": [("ip", "")],
        "1 volume": [("id-of-volume", "")],
    }


def test_a_long_list_is_cut_and_says_by_how_much():
    group = losses_in([owned("server", f"web-{n}") for n in range(NAMED_AT_MOST + 7)], (), "en").groups[0]
    assert (group.text, len(group.things), group.more) == (f"{NAMED_AT_MOST + 7} servers", NAMED_AT_MOST, 7)


def test_unreadable_is_not_the_same_as_nothing():
    unread, nothing = losses_in(None, (), "en"), losses_in([], (), "en")
    assert (unread.known, unread.empty) == (False, False)
    assert (nothing.known, nothing.empty) == (True, True)


def test_what_belongs_to_somebody_else_or_to_nobody_known_is_not_told():
    losses = facts(losses=[owned("server", "theirs", project_id="other"), owned("server", "whose", project_id=None)])
    assert losses["losses"].empty


def test_what_is_kept_is_named_in_the_letter():
    tenant = with_terms(tenant_for(LetterKind.WARNING), keep=frozenset({"image", "volume"}))
    assert facts(tenant=tenant)["kept"] == "volumes and images"
    assert facts(tenant=tenant, language="zh_CN")["kept"] == "云硬盘和镜像"


def test_a_name_cannot_break_a_line_or_turn_the_reading_around():
    assert clean("web\r\nBcc: x\x1b[2J\u202egnp.exe") == "web Bcc: x [2J gnp.exe"
    assert len(clean("x" * 500)) == 80


def test_every_kind_has_words_of_its_own_in_chinese():
    nameless = [kind.name for kind in KINDS if counted(2, kind.name, CHINESE).endswith(kind.name.replace("_", " "))]
    assert nameless == []
