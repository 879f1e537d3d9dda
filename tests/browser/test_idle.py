"""What is idle, as people read it: the letter, the page behind its link, and the letter that says what is gone."""

import pytest
from selenium.webdriver.common.by import By

from tests.browser.chromium import chromium, complaints, overflow
from tests.browser.stage import ADDRESSES, open_stage


@pytest.fixture
def stage(tmp_path):
    with open_stage(tmp_path / "stage", idle=True) as opened:
        yield opened


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_letter_about_idle_things_leads_to_a_page_that_shows_the_same(stage, size):
    stage.later(days=5)
    with chromium(size) as driver:
        for language in ADDRESSES:
            letter = stage.latest(language)
            for address in (letter.file.as_uri(), letter.link):
                driver.get(address)
                assert "old-records" in driver.find_element(By.TAG_NAME, "body").text
                assert complaints(driver) == []
                assert overflow(driver) <= 0
            shown = driver.find_elements(By.CSS_SELECTOR, "ul.idle li")
            assert len(shown) == 4  # an address, two volumes, a server
            for thing in ("old-records", "nightly-build"):
                assert thing in driver.find_element(By.CSS_SELECTOR, "ul.idle").text
            moments = driver.find_elements(By.CSS_SELECTOR, "ul.idle time")
            assert all(moment.get_attribute("datetime").startswith("2031-03-") for moment in moments)
            assert len(moments) == 2 * len(shown)
