"""Debian's Chromium, driven by Selenium: sizes of a phone and a desktop, with JavaScript or without."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
AXE = Path(__file__).parent / "axe" / "axe.min.js"
BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = None if BROWSER and DRIVER else "Debian's packages chromium and chromium-driver are not installed"


@contextlib.contextmanager
def chromium(size: str = "desktop", *, javascript: bool = False, zone: str = "UTC") -> Iterator[Any]:
    """Open a browser of this size; nothing of it stays."""
    from selenium import webdriver  # noqa: PLC0415 - whoever has no browser needs no Selenium

    width, height = SIZES[size]
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER or ""
    given = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run"]
    given += ["--disable-background-networking", "--disable-component-update", "--lang=en-GB"]
    given += ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to run as root with it
    for argument in given:
        options.add_argument(argument)
    service = webdriver.ChromeService(DRIVER, env={**os.environ, "TZ": zone, "SE_AVOID_STATS": "true"})
    driver = webdriver.Chrome(options=options, service=service)
    driver.implicitly_wait(30)  # seconds; a click may return before its answer is there
    try:
        measures = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", measures)
        if not javascript:
            driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        yield driver
    finally:
        driver.quit()


def complaints(driver: Any) -> list[str]:
    """Let axe look at the page that is open; returns what is serious or critical, one line each."""
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    found = driver.execute_async_script("const done = arguments[0]; axe.run(document).then(done)")
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    return [
        f"{one['impact']}: {one['id']}: {one['help']}: {[node['html'] for node in one['nodes']]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def overflow(driver: Any) -> int:
    """Return by how many pixels the page is wider than the window."""
    sizes = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})
    return int(sizes["cssContentSize"]["width"] - sizes["cssLayoutViewport"]["clientWidth"])
