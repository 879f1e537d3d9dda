"""From the mail to the new date, as people do it: without JavaScript, on a phone and a desk, in both languages."""

import pytest
from selenium.webdriver.common.by import By

from reaper.model import State
from tests.browser.chromium import chromium, complaints, overflow

WORDS = {
    "en": {"renewed": "Renewed. The lease now ends on", "left": "2 of 3 renewals are left", "undo": "Undo it"},
    "zh_CN": {"renewed": "2031", "left": "2", "undo": "撤销"},
}
TAGS = {"en": "en", "zh_CN": "zh-CN"}
EVERY = [(size, language) for size in ("phone", "desktop") for language in TAGS]


def text(driver):
    return driver.find_element(By.TAG_NAME, "body").text


def looks_right(driver):
    assert complaints(driver) == []
    assert overflow(driver) <= 0


def press(driver, path):
    driver.find_element(By.CSS_SELECTOR, f"form[action$='{path}'] button").click()


@pytest.mark.parametrize(("size", "language"), EVERY)
def test_the_link_in_the_letter_leads_to_the_button_and_the_button_to_the_new_date(stage, size, language):
    # Given a warning in somebody's mailbox
    stage.later(days=23.5)
    letter = stage.latest(language)
    assert letter.link
    with chromium(size) as driver:
        # When the letter is opened, and its button followed
        driver.get(letter.file.as_uri())
        looks_right(driver)
        driver.find_element(By.CSS_SELECTOR, "a.button").click()
        # Then the page is there, in the reader's language, and nothing has happened yet
        assert driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == TAGS[language]
        assert stage.tenant(language).lease.renewals == 0
        looks_right(driver)
        press(driver, "/renew")
        assert WORDS[language]["renewed"] in driver.find_element(By.CSS_SELECTOR, "[role=status]").text
        assert WORDS[language]["left"] in text(driver)
        end = stage.tenant(language).lease.expires_at
        assert (stage.tenant(language).lease.renewals, f"{end:%d %B %Y}") == (1, "16 April 2031")
        assert driver.find_elements(By.CSS_SELECTOR, f"time[datetime^='{end:%Y-%m-%d}']")
        looks_right(driver)
        # And whoever loads it again renews nothing
        driver.refresh()
        assert stage.tenant(language).lease.renewals == 1
    stage.turn()
    assert stage.latest(language).subject != letter.subject


@pytest.mark.parametrize(("size", "language"), [("phone", "en"), ("desktop", "zh_CN")])
def test_whoever_is_done_gives_it_back_and_thinks_better_of_it(stage, size, language):
    stage.later(days=24)
    with chromium(size) as driver:
        driver.get(stage.latest(language).link)
        driver.find_element(By.CSS_SELECTOR, "a[href*='/done']").click()
        looks_right(driver)
        field = driver.find_element(By.NAME, "name")
        field.send_keys("something-else")
        press(driver, "done")
        assert driver.find_element(By.CSS_SELECTOR, "[role=alert]").text
        looks_right(driver)
        driver.find_element(By.NAME, "name").send_keys(stage.tenant(language).name)
        press(driver, "done")
        assert WORDS[language]["undo"] in driver.find_element(By.CSS_SELECTOR, "form[action$='/keep']").text
        stage.turn()
        assert stage.tenant(language).state is State.SUSPENDED
        # The letter that everybody got leads to the page that undoes it
        driver.get(stage.latest(language).link)
        looks_right(driver)
        press(driver, "/keep")
        assert driver.find_element(By.CSS_SELECTOR, "[role=status]").text
        assert stage.tenant(language).state is State.ACTIVE
        looks_right(driver)


def test_whoever_is_away_picks_a_day(stage):
    stage.later(days=24)
    with chromium("phone") as driver:
        driver.get(stage.latest("en").link)
        field = driver.find_element(By.NAME, "until")
        assert field.get_attribute("max") == "2031-04-23"
        # The order in which days are typed is the browser's; what it sends is not.
        driver.execute_script("arguments[0].value = arguments[1]", field, "2031-04-15")
        press(driver, "/away")
        assert "The lease now ends on" in driver.find_element(By.CSS_SELECTOR, "[role=status]").text
        assert f"{stage.tenant('en').lease.expires_at:%Y-%m-%d}" == "2031-04-15"
        looks_right(driver)
