"""Text or bytes to a document; whatever is wrong with them to one placed problem."""

from __future__ import annotations

from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import Event

from syncagent.errors import ConfigurationError, Problem
from syncagent.language.yaml_build import Builder, Refused, place_of
from syncagent.language.yaml_document import Document, Place

SIZE_MAX = 2_000_000
"""Characters; a configuration file beyond this is a mistake (the wrong file, an export)."""

_MALFORMED = (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError)
"""What the YAML scanner lets escape on malformed input besides its own errors (seen by mutating files)."""


def read_yaml(text: str | bytes, file: str) -> Document:
    """Read one YAML document; ``file`` is the name problems carry.

    Raises:
        ConfigurationError: not UTF-8, not YAML, empty, too large or too deep, a repeated key, an anchor or a tag.
    """
    try:
        return _read(_decode(text) if isinstance(text, bytes) else text.removeprefix("\ufeff"), file)
    except Refused as refusal:
        raise ConfigurationError([Problem(file, refusal.place.line, refusal.place.column, str(refusal))]) from None


def _read(text: str, file: str) -> Document:
    _refuse_odd_text(text)
    builder = Builder()
    for event in _events(text):
        builder.take(event)
    if not builder.documents or (builder.data is None and not builder.keys):
        raise Refused("the file is empty", Place(1, 1))
    return Document(file, builder.data, builder.keys, builder.values)


def _refuse_odd_text(text: str) -> None:
    if len(text) > SIZE_MAX:
        raise Refused(f"the file has {len(text):,} characters; at most {SIZE_MAX:,} are read", Place(1, 1))
    for index, char in enumerate(text):
        if not char.isprintable() and _is_forbidden(char):
            raise Refused(f"the character U+{ord(char):04X} cannot stand in a file; remove it", _place(text, index))


def _is_forbidden(char: str) -> bool:
    """Tell control characters, surrogates and non-characters, which YAML excludes, from spaces and line ends."""
    code = ord(char)
    return (code < 0x20 and char not in "\t\n\r") or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code >= 0xFFFE  # noqa: PLR2004 - the ranges of YAML 1.2, 5.1


def _events(text: str) -> Iterator[Event]:
    seen = Place(1, 1)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            seen = place_of(event)
            yield event
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refused(_explain(error), Place(mark.line + 1, mark.column + 1) if mark else seen) from None
    except (YAMLError, *_MALFORMED) as error:
        raise Refused(f"this is not YAML from here on ({type(error).__name__})", seen) from None


def _explain(error: MarkedYAMLError) -> str:
    problem, context = (" ".join(str(part or "").split()) for part in (error.problem, error.context))
    if "\\t" in problem:
        return "a tab stands where YAML wants spaces; indent with spaces"
    return f"this is not YAML: {': '.join(part for part in (context, problem) if part)}"


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        raise Refused(f"the file is not UTF-8{_guess(raw)}; save it as UTF-8", _place(before, len(before))) from None


def _guess(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return " but UTF-16"
    for encoding, name in (("cp932", "Shift_JIS"), ("euc_jp", "EUC-JP")):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return f" (it reads as {name})"
    return ""


def _place(text: str, index: int) -> Place:
    before = text[:index]
    return Place(before.count("\n") + 1, index - before.rfind("\n"))
