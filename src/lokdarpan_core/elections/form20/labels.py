"""The words of a line of totals: `Total EVM Votes`, `Grand Total`, `Postal Ballot`, in many spellings.

A label is nothing but such words. A polling station in the Postal Colony, or at a Sub Station, is none.
"""

import re
from functools import lru_cache

from lokdarpan_core.elections.form20.cells import backwards, folded
from lokdarpan_core.elections.form20.reversal import is_reversed

EVM, POSTAL, POLLED, TOTAL, PAGE = "evm", "postal", "polled", "total", "page"

_TOTAL = frozenset(
    (
        "total",
        "totals",
        "sum",
        "ttl",
        "gtotal",
        "aggregate",
        "कुल",
        "योग",
        "एकूण",
        "एकुण",
        "మొత్తం",
        "महायोग",
        "કુલ",
        "સરવાળો",
    )
)
_POSTAL = frozenset(("postal", "etpb", "etpbs", "pb", "डाक", "टपाल", "टपाली", "पोस्टल", "పోస్టల్", "ટપાલ"))
_SERVICE = frozenset(("service", "vote", "votes", "voter", "voters"))  # the armed forces vote by post
_FORWARD = (frozenset("bf"), frozenset("cf"), frozenset(("bf",)), frozenset(("cf",)))  # B/F, C/F
_MACHINES = "evm evms machine machines ईवीएम इवीएम ईव्हीएम इव्हीएम मशीन मशीनों यंत्र यंत्रावरील यंत्रांवरील ఈవీఎం ઈવીએમ ઇવીએમ"
_EVM = frozenset(_MACHINES.split())
_POLLED = frozenset(("polled", "cast", "overall", "मतदान", "डाले", "महायोग"))
_INCLUDING = frozenset(("incl", "including", "inclusive"))
_PAGE = frozenset(("page", "sub", "cumulative", "round"))
_CARRIED = frozenset(("subtotal", "carried", "brought"))
_BESIDE = """
    vote votes of no nos number the at on in by to from for all and paper papers polling station stations booth booths
    ps voting valid service voters electors g net final whole secured counted counting recorded ballot ballots grand
    forward c f b bf cf gr a this including incl inclusive with nota assembly constituency segment ac
    each candidate candidates avsc employees essential pwd senior citizens absentee
    मत मतों बैलेट मतपत्र मतपत्रों मते मतांची मतपत्रिका झालेले झालेली में से का की के प्राप्त अभिलिखित संख्या गए गये ఓట్లు బ్యాలెట్ బ్యాలెట్లు મત મતો
"""
_OTHERS = frozenset(_BESIDE.split())
_ALL = _TOTAL | _POSTAL | _EVM | _POLLED | _PAGE | _CARRIED | _OTHERS


_NOTE = re.compile(
    r"(?:total )?(?:no|number) of (?:the )?(?:polling )?(?:stations?|booths?)|(?:total |no of |number of )*electors"
    r"|.*\b(?:percentage|per cent|percent)\b.*|.*%.*"
)


def includes_postal(label: str) -> bool:
    """Does a total say of itself that postal votes are in it?"""
    return bool(set(folded(label).split()) & _POSTAL)


@lru_cache(maxsize=1 << 12)
def is_note(label: str) -> bool:
    """Does a line under the stations count something else: electors, how many stations there are, per cent?"""
    return len(label) < 160 and (label.strip().startswith("%") or _NOTE.fullmatch(folded(label)) is not None)


@lru_cache(maxsize=1 << 12)
def total_kind(label: str, strict: bool = True) -> str | None:
    """What a line of totals sums up: `evm`, `postal`, `polled`, `page`, `total`; None for a text that is no label.

    Where a serial should stand (not `strict`), other words may stand beside `Total`: `Total for Hadapsar`.
    """
    if len(label) > 160:
        return None
    kind = _kind(folded(label), strict)
    return _kind(folded(backwards(label)), strict) if kind is None and is_reversed(label) else kind


def _kind(label: str, strict: bool) -> str | None:
    words = set(label.split())
    total = bool(words & _TOTAL)
    if total and not strict:
        words &= _ALL
    postal = bool(words & _POSTAL)
    if any(word not in _ALL and not ((total or postal) and word.isdecimal()) for word in words):
        return None
    forward = words - _TOTAL in _FORWARD
    if words & _CARRIED or forward or (total and words & _PAGE):
        return PAGE
    if postal or (total and words & {"ballot", "बैलेट"}) or (words <= _SERVICE and "service" in words and len(words) > 1):
        both = words & _EVM or (total and words & _INCLUDING)
        return POLLED if both else POSTAL
    if words & _EVM or (words & {"recorded", "counted"} and words & {"stations", "booths"}):
        return EVM
    if words & _POLLED or (total and "grand" in words):
        return POLLED
    return TOTAL if total else None
