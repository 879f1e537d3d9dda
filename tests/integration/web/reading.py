"""What is read of a page: its words as a reader sees them, and the fields of its form."""

import re

import requests

LANGUAGES = ("en", "zh_CN")


def text(response: requests.Response) -> str:
    """What a reader sees, in one line."""
    body = re.sub(r"<(style|title)>.*?</\1>", "", response.text, flags=re.DOTALL)
    body = re.sub(r"</?(time|a|span)\b[^>]*>", "", body)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def button(response: requests.Response) -> dict[str, str]:
    """The fields of the form on the page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)">', response.text))
