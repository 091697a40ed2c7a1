"""What every page must hold: nothing that runs, nothing that calls out, tags that balance."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_VOID = {"meta", "br", "hr", "img", "input", "link", "col", "wbr"}
_FORBIDDEN = {"script", "iframe", "object", "embed", "link", "base", "form"}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"


def assert_stands_alone(page: str) -> None:
    """Check that a page holds no script, no handler, no outside address and no unbalanced tag."""
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.seen & _FORBIDDEN == set()
    for name, value in tags.attributes:
        assert not name.startswith("on"), f"{name} runs a script"
        assert name not in {"src", "srcset", "action", "formaction"}
        assert name != "href" or value.startswith("#")
        assert "javascript:" not in value
    text = page.replace("url(#", "(")
    assert re.search(r"https?:|//[\w.-]+\.\w|url\(|@import|@font-face", text) is None
