"""`python -m reaper.cloud` renews, in a checkout, the parts of docs/kinds.md that are made from the tables of kinds."""

from __future__ import annotations

from reaper.cloud.document import renewed
from reaper.paths import share


def main() -> None:
    """Write the document."""
    page = share("etc").parent / "docs" / "kinds.md"
    page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
