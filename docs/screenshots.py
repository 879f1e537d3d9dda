"""Makes the pictures of letters and page in docs/screenshots/: a real Reaper, real mail, real Chromium.

Run it from the repository: `.venv/bin/python docs/screenshots.py`. It needs Debian's packages chromium and
chromium-driver, a font with Chinese (fonts-noto-cjk or fonts-wqy-microhei), and Pillow.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from reaper.mail import LetterRenderer  # noqa: E402 - found only now
from reaper.mail.preview import as_page, made_up  # noqa: E402
from reaper.paths import share  # noqa: E402
from tests.browser.chromium import MISSING, SIZES, chromium  # noqa: E402
from tests.browser.stage import ADDRESSES, Stage, open_stage  # noqa: E402

TARGET = ROOT / "docs" / "screenshots"
QUALITY = 55


def take(driver: Any, address: str, name: str) -> None:
    """Photograph a whole page and keep it small."""
    driver.get(address)
    sizes = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})
    width, height = sizes["cssLayoutViewport"]["clientWidth"], sizes["cssContentSize"]["height"]
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    picture = Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")
    picture.save(TARGET / f"{name}.webp", quality=QUALITY, method=6)


def take_all(stage: Stage, what: str, paths: tuple[str, ...] = ("",)) -> None:
    """Photograph the latest letter and the page behind it, in both languages and sizes."""
    for size in SIZES:
        with chromium(size) as driver:
            for language in ADDRESSES:
                letter = stage.latest(language)
                take(driver, letter.file.as_uri(), f"letter-{what}-{language}-{size}")
                for path in paths:
                    page = f"{letter.link}{path}"
                    take(driver, page, f"page-{what}{path.replace('/', '-')}-{language}-{size}")


def take_together(folder: Path) -> None:
    """Photograph a message of several letters, made up: it stands in the documentation for all of them."""
    renderer = LetterRenderer(share("notify"))
    for size in SIZES:
        with chromium(size) as driver:
            for language in ADDRESSES:
                page = as_page(made_up(renderer, "together", language, None)[2], folder / f"{language}.html")
                take(driver, page.as_uri(), f"letter-together-{language}-{size}")


def take_idle(folder: Path) -> None:
    """Photograph what is told of idle things, and that they are gone."""
    with open_stage(folder / "idle", idle=True) as stage:
        stage.later(days=5)
        take_all(stage, "idle_warning")
        stage.later(days=3)
        take_all(stage, "idle_given_back", ())


def main() -> int:
    """Tell two short stories and photograph them."""
    if MISSING:
        print(MISSING, file=sys.stderr)
        return 1
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_stage(Path(folder) / "stage") as stage:
        stage.later(days=24)
        take_all(stage, "warning", ("", "/done"))
        stage.later(days=9)
        take_all(stage, "suspended")
        take_together(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        take_idle(Path(folder))
    total = sum(file.stat().st_size for file in TARGET.glob("*.webp"))
    print(f"{len(list(TARGET.glob('*.webp')))} pictures, {total // 1024} KiB together")
    return 0


if __name__ == "__main__":
    sys.exit(main())
