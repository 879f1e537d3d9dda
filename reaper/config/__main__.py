"""`python -m reaper.config` renews, in a checkout, the files that are made from the settings and the policy's types."""

from __future__ import annotations

from reaper.config.sample import sample, with_table
from reaper.kinds import KEEPABLE
from reaper.paths import share
from reaper.policy import schema_text


def main() -> None:
    """Write the sample, the table of settings and the schema of policies."""
    docs = share("etc").parent / "docs"
    (share("etc") / "reaper.conf.sample").write_text(sample(), encoding="utf-8")
    (share("policies") / "policy.schema.json").write_text(schema_text(KEEPABLE), encoding="utf-8")
    page = docs / "settings.md"
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
