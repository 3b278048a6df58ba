"""Which articles are worth comparing: the keys of one, of which two copies share some.

One permutation hashing (Li, Owen and Zhang 2012), a locality-sensitive hash for sets: the shingles of a lead, four
words each, are hashed once, the hashes fall into bins, and the smallest of each bin is a key. There are more bins than
a lead has shingles, so that most shingles are keys and a short text finds itself in a long one; what the bins take off
is the tail of a long lead. Headlines are short, and small edits touch most of their shingles, so theirs are of three
words, and all are keys; an equal headline alone is enough.

The hashes are this module's own, and are stored: a library's may change with its version, and then copies of before
and after would not find each other.
"""

import re
from collections.abc import Collection, Sequence
from hashlib import blake2b
from zlib import crc32

from lokdarpan_core.news.stories.words import Reading

LEAD_SHINGLE, HEADLINE_SHINGLE = 4, 3  # words
BINS = 128
GOLDEN = 0x9E3779B1  # 2³² divided by the golden ratio, the nearest odd number
# A pair is worth comparing when it shares so many keys, and this share of the keys of the one that has fewer, or when
# its headlines are equal. The rule asks for three tenths of the shorter lead, or for most of a headline.
KEYS_IN_COMMON, SHARE_IN_COMMON = 2, 0.08


def digest(one: Reading) -> bytes:
    """Sixteen bytes that tell whether two articles have the same words in headline and lead."""
    text = "\n".join((" ".join(one.headline), " ".join(one.lead)))
    return blake2b(text.encode(), digest_size=16).digest()


def keys(one: Reading) -> list[int]:
    """The keys of an article, distinct and sorted, as signed 32-bit integers; the one of the headline as a whole is
    the one that is not negative."""
    falling = sorted(_hashes(one.lead, LEAD_SHINGLE, f"lead {one.language}"), reverse=True)
    bins = {shingle % BINS: shingle for shingle in falling}  # the smallest comes last, and stays
    parts = {*bins.values(), *_hashes(one.headline, HEADLINE_SHINGLE, f"headline {one.language}")}
    whole = _hashes(one.headline, len(one.headline), f"whole headline {one.language}") if one.headline else []
    return sorted([*(-1 - part for part in parts), *whole])


def are_worth_comparing(one: Collection[int], other: Collection[int]) -> bool:
    """Whether two articles with these keys are a candidate; the index asks the same in SQL."""
    common = set(one).intersection(other)
    enough = max(KEYS_IN_COMMON, SHARE_IN_COMMON * min(len(one), len(other)))
    return len(common) >= enough or any(key >= 0 for key in common)


def _hashes(words: Sequence[str], size: int, kind: str) -> list[int]:
    """A hash of every `size` words on end, 31 bits of each: its CRC-32 from a start that tells the kinds apart, spread
    by Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4), since the smallest are chosen.

    The words stand in one string of bytes, of which each shingle is a part: joining them one by one takes longer than
    the hashes.
    """
    if len(words) < size:
        return []
    text = " ".join(words).encode()
    spaces = [match.start() for match in _SPACE.finditer(text)] if len(words) > 1 else []
    first, last = [0, *(place + 1 for place in spaces)], [*spaces, len(text)]
    start = crc32(kind.encode())
    return [
        ((crc32(text[begin:end], start) * GOLDEN) & 0xFFFFFFFF) >> 1
        for begin, end in zip(first, last[size - 1 :], strict=False)
    ]


_SPACE = re.compile(rb" ")
