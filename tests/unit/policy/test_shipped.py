"""The shipped policies and their schema."""

import json

import pytest

from reaper.kinds import KEEPABLE
from reaper.model import Enforce
from reaper.paths import share
from reaper.policy import Policy, parse, remarks, schema, schema_text

FILES = sorted(share("policies").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_shipped_policy_is_usable_and_only_observes(file):
    policy = parse(file.read_bytes(), file.name, KEEPABLE)
    assert policy.name == file.stem
    assert policy.enforce is Enforce.OBSERVE
    assert policy.description
    assert not policy.match.is_everything


def test_the_shipped_trial_says_what_the_defaults_say():
    trial = parse((share("policies") / "trial.yaml").read_bytes(), "trial.yaml")
    bare = parse("policy: trial\nmatch: {names: ['trial-*']}", "bare")
    assert trial.terms() == bare.terms()


def test_the_schema_in_the_repository_is_the_one_of_the_code():
    there = (share("policies") / "policy.schema.json").read_text(encoding="utf-8")
    assert there == schema_text(KEEPABLE), "run python -m reaper.config"


def test_the_schema_says_what_every_key_means():
    sections = [schema(), *(s for s in schema()["$defs"].values() if s["type"] == "object")]
    silent = [
        key for section in sections for key, value in section["properties"].items() if not value.get("description")
    ]
    # A section's key is described by the section itself.
    assert set(silent) <= {"lease", "renewal", "suspension", "reclaim", "orphans"}
    assert all(section["additionalProperties"] is False for section in sections)


def test_the_schema_names_the_kinds_that_exist():
    keep = schema(KEEPABLE)["$defs"]["ReclaimRules"]["properties"]["keep"]
    assert keep["items"]["enum"] == sorted(KEEPABLE)


def test_the_documents_explain_every_key():
    page = (share("policies").parent / "docs" / "policies.md").read_text(encoding="utf-8")
    sections = [("", Policy), *((name, f.annotation) for name, f in Policy.model_fields.items())]
    keys = [
        f"`{name}.{key}`" if name else f"`{key}`" for name, at in sections for key in getattr(at, "model_fields", ())
    ]
    assert [key for key in keys if key not in page] == []


@pytest.mark.parametrize(
    ("more", "remark"),
    [
        ("idle: [{kind: server, when: older, for: 1d}]", "p: idle: nobody is told and nothing is given back by it"),
        ("reclaim: {archive: servers}", "p: reclaim.archive: a server that boots from a volume has no image"),
        ("match: {names: ['*']}", "p: match: covers every project that is not protected"),
        ("", "p: enforce: observe sends no letter"),
        ("suspension: {lasts: 7m}", "p: suspension.lasts 7m: counted in minutes; a month is written 30d"),
        ("suspension: {lasts: 90m}", "p: suspension.lasts 1h30m: counted in minutes"),
        ("suspension: {lasts: 60m}", "p: suspension.lasts 1h: counted in minutes"),
        ("renewal: {by: 3m}", "p: renewal.by 3m: counted in minutes"),
        ("idle: [{kind: server, when: older, for: 6m}]", "p: idle.for 6m: counted in minutes"),
        (
            "lease: {lasts: 40m, warn_before: [20m], notice: 5m}",
            "p: lease.lasts 40m, lease.warn_before 20m, lease.notice 5m, renewal.opens_before 40m: counted",
        ),
    ],
)
def test_what_an_author_may_not_expect_is_remarked(more, remark):
    match = "" if "match" in more else "match: {names: [a]}\n"
    assert any(said.startswith(remark) for said in remarks(parse(f"policy: p\n{match}{more}", "p")))


def test_a_policy_without_surprises_is_passed_in_silence():
    assert remarks(parse(json.dumps({"policy": "p", "match": {"names": ["a"]}, "enforce": "notify"}), "p")) == ()
