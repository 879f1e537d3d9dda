"""Reading lists to their end, and never taking a part for the whole."""

from typing import Any

import pytest

from reaper.cloud.pages import PageReader, Params, read_pages
from reaper.errors import ReaperError, Temporary

LINK = "http://silly.example:1/v2/things?limit=2&marker="


def book(*documents: Any, limit: int | None = 2) -> tuple[PageReader, list[Any]]:
    """Read a list whose service gives these documents one after the other; returns also what was asked."""
    rest, asked = list(documents), []

    def fetch(params: Any) -> Any:
        asked.append(params.get("marker"))
        document = rest.pop(0)
        if isinstance(document, Exception):
            raise document
        return document

    return read_pages(fetch, "things", {"silly": "1"}, limit), asked


def things(*ids: str, **more: Any) -> dict[str, Any]:
    return {"things": [{"id": one} for one in ids], **more}


def ids(pages: PageReader) -> list[str]:
    return [record["id"] for record in pages.records]


NEXT = [
    {"things_links": [{"rel": "self", "href": "x"}, {"rel": "next", "href": f"{LINK}b"}]},
    {"things_links": [{"rel": "next", "href": "http://inside.silly/no-marker-in-it"}]},
    {"next": "/v2/things?marker=b"},
    {"links": {"self": "x", "next": f"{LINK}b", "previous": None}},
]


@pytest.mark.parametrize("link", NEXT)
def test_each_services_way_of_pointing_to_the_next_page_is_followed_by_marker(link: dict[str, Any]):
    pages, asked = book(things("a", "b", **link), things("c"), limit=None)
    assert (ids(pages), pages.why, asked) == (["a", "b", "c"], "", [None, "b"])


def test_a_full_page_without_a_link_is_followed_to_be_sure():
    pages, asked = book(things("a", "b"), things())
    assert (ids(pages), pages.why, asked) == (["a", "b"], "", [None, "b"])


def test_a_longer_answer_than_asked_for_is_a_service_without_pages():
    pages, asked = book(things("a", "b", "c"))
    assert (ids(pages), pages.why, asked) == (["a", "b", "c"], "", [None])


@pytest.mark.parametrize("link", NEXT)
def test_a_page_that_comes_again_ends_the_reading_as_incomplete(link: dict[str, Any]):
    pages, asked = book(things("a", "b", **link), things("a", "b", **link), limit=None)
    assert ids(pages) == ["a", "b"]
    assert "does not move on after" in pages.why
    assert len(asked) == 2


def test_an_empty_page_that_points_on_is_not_the_end():
    assert "does not move on" in book(things(next="/v2/things?marker=z"))[0].why


def test_a_failing_page_keeps_what_was_read_and_why():
    error = Temporary("silly (500)")
    pages, _ = book(things("a", "b"), error)
    assert (ids(pages), pages.why, pages.stopped) == (["a", "b"], "silly (500)", error)


@pytest.mark.parametrize("document", [[], None, "x", {}, {"things": None}, {"things": {}}, {"others": []}])
def test_an_answer_without_the_list_is_incomplete(document: Any):
    pages, _ = book(document)
    assert pages.records == ()
    assert "no list of things" in pages.why


@pytest.mark.parametrize("odd", [{}, {"id": None}, {"id": ""}, {"id": 7}, "x", None])
def test_a_thing_without_an_id_makes_the_list_incomplete(odd: Any):
    pages, _ = book({"things": [{"id": "a"}, odd]})
    assert ids(pages) == ["a"]
    assert pages.why == "1 of the things came without an id"


def test_a_truncated_list_is_incomplete_unless_it_points_on():
    assert "truncated" in book(things("a", truncated=True, links={"next": None}))[0].why
    pages, _ = book(things("a", truncated=True, links={"next": f"{LINK}a"}), things("b"), limit=None)
    assert (ids(pages), pages.why) == (["a", "b"], "")


def test_a_thing_that_moved_to_the_next_page_is_counted_once():
    pages, _ = book(things("a", "b"), things("b", "c"), things())
    assert (ids(pages), pages.why) == (["a", "b", "c"], "")


def counted(*sizes: int, wrong: Any = None) -> tuple[PageReader, list[str | None]]:
    """Read a list whose pages hold so many things each; `wrong` is answered in the place of the last."""
    asked: list[str | None] = []

    def fetch(params: Params) -> Any:
        offset = params.get("offset")
        asked.append(str(offset) if offset else None)
        begin, page = int(str(offset or 0)), len(asked) - 1
        if wrong is not None and page == len(sizes) - 1:
            if isinstance(wrong, ReaperError):
                raise wrong
            return wrong
        return things(*(f"n{n}" for n in range(begin, begin + sizes[page])))

    return read_pages(fetch, "things", {}, offset=True), asked


@pytest.mark.parametrize(
    ("sizes", "offsets"),
    [((0,), [None]), ((49,), [None]), ((50, 0), [None, "50"]), ((1000, 1000, 3), [None, "1000", "2000"])],
)
def test_counted_pages_are_read_until_a_small_one(sizes: tuple[int, ...], offsets: list[str | None]):
    pages, asked = counted(*sizes)
    assert (len(pages.records), pages.why, asked) == (sum(sizes), "", offsets)


def test_counted_pages_that_overlap_are_not_the_whole():
    pages, _ = counted(50, 50, wrong=things(*(f"n{n}" for n in range(40, 90))))
    assert "changed while it was read" in pages.why


def test_a_counted_page_that_fails_keeps_what_was_read():
    pages, _ = counted(50, 1, wrong=Temporary("silly (500)"))
    assert (len(pages.records), pages.why) == (50, "silly (500)")
