"""`GET /posts`: what newspapers print, the newest first. Their texts are not ours to republish: without a key of scope
`read` there are titles, excerpts and links."""

from datetime import date

import attrs

from lokdarpan_core import PostEntry, posts_page
from lokdarpan_web import cursors
from lokdarpan_web.calls import Call
from lokdarpan_web.operations import Resource, operation
from lokdarpan_web.parameters import Parameter

WARD = Parameter("ward", str, "Posts that mention this ward: an id, number, name or alias (default: All).")
WORDS = Parameter(
    "q", str, "Words that the text has, in any script; `\"a phrase\"`, `or`, `-without`. The last may be a beginning.",
    longest=300, example="nala overflow",
)  # fmt: skip
SINCE = Parameter("since", date, "The first day of publication.")
UNTIL = Parameter("until", date, "The last day of publication.")
CURSOR = Parameter("cursor", str, "Where to go on, from the link to the next page.", longest=cursors.LENGTH)
LIMIT = Parameter("limit", int, "How many posts a page has at most.", default=50, least=1, most=100)


@attrs.frozen
class Posts:
    """A page of posts, the newest first; `next` is the path of the page after it, null on the last one. `withheld`
    names the fields that a key of scope `read` would show."""

    ward: str | None
    posts: list[PostEntry]
    next: str | None
    withheld: tuple[str, ...] = ()


class PostsResource(Resource):
    """`GET /posts`."""

    @operation(
        summary="Posts, the newest first", answer=Posts, query=(WARD, WORDS, SINCE, UNTIL, CURSOR, LIMIT),
        ward="query", statuses=(422,), conditional="body",
    )  # fmt: skip
    def on_get(self, call: Call) -> Posts:
        """Title, link and an excerpt of at most 300 characters; with a key of scope `read`, the whole text. Whoever
        follows `next` (also in the header Link) meets every post once, whatever comes meanwhile."""
        asked, full = dict(call.query), call.caller.may("read")
        ward_id = None if call.all_wards else call.ward_id
        question = (ward_id, asked["q"], asked["since"], asked["until"])
        page = posts_page(
            call.connection,
            ward_id=ward_id,
            question=asked["q"],
            since=asked["since"],
            until=asked["until"],
            after=None if asked["cursor"] is None else cursors.decode(asked["cursor"], question),
            limit=asked["limit"],
            full=full,
        )
        following = None
        if page.next is not None:
            following = call.link("/posts", **asked | {"cursor": cursors.encode(page.next, question)})
            call.resp.append_link(following, "next")
        return Posts(ward_id, page.posts, following, () if full else ("text",))
