"""An operator's templates stand in front of the shipped ones, cannot reach Python, and fail in one clear sentence."""

import pytest

from reaper.errors import Unusable
from reaper.mail import LetterRenderer
from reaper.paths import share
from tests.unit.letters.cases import facts

PARTS = ("subject.txt.j2", "body.txt.j2", "body.html.j2")


@pytest.fixture
def folder(tmp_path):
    """An operator's folder that holds one letter of its own."""

    def write(letter="warning", language="en", **parts):
        place = tmp_path / letter / language
        place.mkdir(parents=True, exist_ok=True)
        for part, text in parts.items():
            (place / f"{part.replace('_', '.')}.j2").write_text(text)
        return tmp_path

    return write


def render(folder, language="en", kind="warning", said=None):
    return LetterRenderer(share("notify"), folder).render(kind, language, said or facts())


def test_one_file_of_the_operators_replaces_that_file_alone(folder):
    subject, text, _ = render(folder(subject_txt="Hello {{ name }}"))
    assert subject == "Hello trial-aurora"
    assert "To keep it, renew it here" in text


def test_an_edited_template_is_read_again(folder):
    place = folder(subject_txt="before")
    renderer = LetterRenderer(share("notify"), place)
    assert renderer.render("warning", "en", facts())[0] == "before"
    folder(subject_txt="and after")
    assert renderer.render("warning", "en", facts())[0] == "and after"


def test_a_language_without_this_letter_is_english():
    assert render(None, "tlh") == render(None, "en")


def test_the_operator_may_add_a_language(folder):
    place = folder(language="de", subject_txt="Projekt {{ name }}", body_txt="x", body_html="<p>x</p>")
    assert render(place, "de")[0] == "Projekt trial-aurora"
    assert LetterRenderer(share("notify"), place).languages("warning") == ("en", "de", "zh_CN")


def test_a_subject_is_one_line(folder):
    assert render(folder(subject_txt="a\n\n  b\r\nBcc: c"))[0] == "a b Bcc: c"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("fine\n{{ deadlin }}", r"warning/en/subject\.txt\.j2, line 2: 'deadlin' is undefined"),
        ("fine\n\n{% if %}", r"warning/en/subject\.txt\.j2, line 3: Expected an expression"),
        ("{{ renewal.lefft }}", r"subject\.txt\.j2, line 1: .*no attribute 'lefft'"),
        ("{% include 'nowhere.j2' %}", r"the letter template nowhere\.j2 is missing"),
        ("{{ 7 / 0 }}", r"subject\.txt\.j2, line 1: division by zero"),
        ("{{ name.__class__.__mro__ }}", r"subject\.txt\.j2, line 1: access to attribute '__class__'.*unsafe"),
        ("{{ ''.__class__.__base__.__subclasses__() }}", r"unsafe"),
        ("{% for x in range(999999999) %}{% endfor %}", r"line 1: Range too big"),
    ],
)
def test_a_broken_template_is_named_with_file_and_line(folder, source, said):
    with pytest.raises(Unusable, match=said):
        render(folder(subject_txt=source))


def test_a_template_that_is_not_text_is_named(folder):
    place = folder(subject_txt="x")
    (place / "warning" / "en" / "subject.txt.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(Unusable, match=r"warning/en/subject\.txt\.j2"):
        render(place)


def test_a_missing_part_is_named(folder):
    place = folder("farewell", subject_txt="x")
    with pytest.raises(Unusable, match=r"farewell/en/body\.txt\.j2 is missing"):
        render(place, kind="farewell")


def test_a_folder_that_does_not_exist_is_told_at_once(tmp_path):
    with pytest.raises(Unusable, match="does not exist"):
        LetterRenderer(share("notify"), tmp_path / "nowhere")
