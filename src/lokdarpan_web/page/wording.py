"""Sentences that are made from a ward's figures, and nothing that is not in them."""

import re
from collections.abc import Mapping

from lokdarpan_web.page.language import Language
from lokdarpan_web.page.ward import Votes

_COUNTED = re.compile(r"electors[^:]*: ([A-Z]+-\d{4}[^;]*)")


def leading(shares: Mapping[str, Mapping[str, float]], t: Language) -> str:
    """Who was first in the newest election, and by how much; empty where there is none."""
    for election, parties in shares.items():
        ordered = sorted(parties.items(), key=lambda item: (-item[1], item[0]))
        first, share = ordered[0]
        said = {"party": first, "election": election, "share": t.percent(share)}
        if len(ordered) == 1:
            return t("votes.lead_alone", **said)
        second, other = ordered[1]
        return t("votes.lead", **said, second=second, margin=t.number(share - other, 1))
    return ""


def counted_at(votes: Votes, t: Language) -> str:
    """The election at which a ward's electors were counted, as its source says it; empty where it does not."""
    profile = votes.meta.profile if votes.meta is not None else None
    found = _COUNTED.search(profile.source or "") if profile is not None else None
    return t.election(found[1].strip()) if found else ""
