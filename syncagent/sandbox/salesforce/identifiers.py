"""Record ids: three characters of prefix, a counter in base 62, and the three-character checksum of the long form."""

from collections.abc import Callable

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT, _LONG, _CHUNK = 15, 18, 5


def read_id(text: object) -> str | None:
    """The 18-character form of a 15- or 18-character id, or None when the text is no id.

    The long form is accepted in any case, as its checksum restores the case of the first 15 characters.
    """
    if not isinstance(text, str) or len(text) not in (_SHORT, _LONG) or not text.isascii() or not text.isalnum():
        return None
    if len(text) == _SHORT:
        return text + checksum(text)
    return _restore_case(text)


def checksum(short: str) -> str:
    """The three characters that make a 15-character id safe where case is lost: one bit per upper-case letter."""
    return "".join(
        _CHECK[sum(1 << bit for bit, letter in enumerate(short[start : start + _CHUNK]) if "A" <= letter <= "Z")]
        for start in range(0, _SHORT, _CHUNK)
    )


def _restore_case(long: str) -> str | None:
    suffix = long[_SHORT:].upper()
    letters = []
    for chunk, check in enumerate(suffix):
        bits = _CHECK.find(check)
        if bits < 0:
            return None
        for bit in range(_CHUNK):
            letter = long[chunk * _CHUNK + bit]
            letters.append(letter.upper() if bits >> bit & 1 else letter.lower())
    short = "".join(letters)
    return short + suffix if checksum(short) == suffix else None


class IdMaker:
    """Hands out ids in counting order, the same ones for the same dataset and the same calls."""

    def __init__(self, org_id: str) -> None:
        self._pod = org_id[3:6]
        self.counters: dict[str, int] = {}

    def make(self, prefix: str, taken: Callable[[str], bool]) -> str:
        """The next free id of an object, given its prefix and a test for ids already in use."""
        while True:
            count = self.counters[prefix] = self.counters.get(prefix, 0) + 1
            made = read_id(f"{prefix}{self._pod}{_base62(count):0>9}")
            if made is not None and not taken(made):
                return made


def _base62(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, 62)
        letters = _DIGITS[rest] + letters
    return letters
