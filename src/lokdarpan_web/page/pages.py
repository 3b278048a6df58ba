"""The pages: each reads what it shows, and names its template."""

from http import HTTPStatus
from typing import Any

from lokdarpan_core import AmbiguousWardError, Gazetteer, NotFoundError, UnknownWardError, city
from lokdarpan_web.callers import ForbiddenError, UnauthorizedError
from lokdarpan_web.page import city as city_page
from lokdarpan_web.page import door
from lokdarpan_web.page.figures import compared_figures, election_shares, ward_figures
from lokdarpan_web.page.language import Language
from lokdarpan_web.page.visits import KEPT_BY_NOBODY_ELSE, Page, Visit, visited
from lokdarpan_web.page.ward import WardPage, read_ward
from lokdarpan_web.page.wording import counted_at, leading

MOST_COMPARED = 3
MOST_FOUND = 30


def ward_of(page: Page, visit: Visit, label: str, *, wait: bool = False) -> WardPage:
    """All that is shown of the ward that a label means; with `wait` also what takes a second to find."""
    connection, site = visit.connection, page.site
    ward_id = site.api.wards.id_of(visit.connect, label, visit.asked("delimitation"))
    return read_ward(
        connection,
        site.gazetteer(connection),
        site.freshness(connection, visit.day),
        site.settings,
        ward_id,
        day=visit.day,
        lang=visit.language.code,
        sensitive=visit.caller.may("demographics"),
        band=(lambda *asked: site.band(connection, *asked)) if wait else site.known_band,
    )


def compared(page: Page, visit: Visit, label: str, *, wait: bool = False) -> list[WardPage]:
    """The ward, and those that `with` names: at most three together, each once."""
    labels = [label, *(part.strip() for part in (visit.asked("with") or "").split(","))]
    found: dict[str, WardPage] = {}
    for one in filter(None, labels):
        of_label = ward_of(page, visit, one, wait=wait)
        found.setdefault(of_label.ward.ward_id, of_label)
        if len(found) == MOST_COMPARED:
            break
    return list(found.values())


def of_ward(page: WardPage, t: Language) -> dict[str, Any]:
    """What the templates of one ward are filled with."""
    shares = election_shares(page.votes, t)
    scored = [one for one in page.prediction.based_on if one.gives_scores] if page.prediction is not None else []
    return {
        "page": page,
        "figures": ward_figures(page, t),
        "shares": shares,
        "lead": leading(shares, t),
        "counted": counted_at(page.votes, t),
        "scored": t.listed([t.election(f"{one.type}-{one.year}") for one in scored]),
    }


class CityPage(Page):
    """`GET /`: the city at a glance."""

    @visited()
    def on_get(self, visit: Visit) -> None:
        """The map in one layer, alerts, what rose, how fresh the sources are."""
        shown = city_page.read_city(self.site, visit)
        keep = "no-store" if shown.is_of_the_future else KEPT_BY_NOBODY_ELSE
        visit.show("city.html", keep=keep, page=shown)


class WardResource(Page):
    """`GET /ward/{ward}`: one ward; with `?with=`, up to three side by side."""

    @visited()
    def on_get(self, visit: Visit, ward: str) -> None:
        """The page of a ward, or the comparison."""
        pages = compared(self, visit, ward)
        if len(pages) > 1:
            figures = compared_figures(pages, visit.language)
            visit.show("compare.html", pages=pages, figures=figures)
        else:
            visit.show("ward.html", **of_ward(pages[0], visit.language))


class BriefResource(Page):
    """`GET /ward/{ward}/brief`: the ward on one sheet of paper."""

    @visited()
    def on_get(self, visit: Visit, ward: str) -> None:
        """What is said, how it votes, what may come, on one page, with the imprint."""
        visit.show("brief.html", **of_ward(ward_of(self, visit, ward), visit.language))


class SearchResource(Page):
    """`GET /search?q=`: goes to the ward that a label means, else shows those that may be meant."""

    @visited()
    def on_get(self, visit: Visit) -> None:
        """One ward is gone to; several, and near ones, are listed."""
        asked = visit.asked("q") or ""
        compare_with = visit.asked("to")
        chosen = [part for part in (visit.asked("with") or "").split(",") if part]
        gazetteer = self.site.gazetteer(visit.connection)
        listed: dict[str, str] = {}
        if asked.strip():
            try:
                ward = gazetteer.resolve(asked, visit.asked("delimitation"))
            except (UnknownWardError, AmbiguousWardError) as error:
                listed = _partly(visit, gazetteer, asked) | {one.ward_id: one.name for one in error.candidates}
            else:
                beside = ",".join([*chosen, ward.ward_id])
                to = visit.link(f"/ward/{compare_with}", **{"with": beside}) if compare_with else None
                visit.go(to or visit.link(f"/ward/{ward.ward_id}"))
                return
        status = HTTPStatus.OK if listed or not asked else HTTPStatus.NOT_FOUND
        shown = {"asked": asked, "listed": listed, "compare_with": compare_with, "chosen": chosen}
        visit.show("search.html", status, keep=KEPT_BY_NOBODY_ELSE, **shown)


def _partly(visit: Visit, gazetteer: Gazetteer, asked: str) -> dict[str, str]:
    """The wards of the default delimitation with this in their name, by id."""
    try:
        found = city(visit.connection, gazetteer, until=visit.day, question=asked).wards
    except NotFoundError:  # no list of wards is loaded
        return {}
    return {one.ward: one.name for one in found[:MOST_FOUND]}


class MethodPage(Page):
    """`GET /method`: how each number is made."""

    @visited(open=True)
    def on_get(self, visit: Visit) -> None:
        """The same for everybody."""
        visit.show("method.html", keep=KEPT_BY_NOBODY_ELSE)


class LoginPage(Page):
    """`GET` and `POST /login`: give the key, get the cookie."""

    @visited(open=True)
    def on_get(self, visit: Visit) -> None:
        """The form."""
        visit.show("login.html", way_back=door.safe_way_back(visit.root, visit.asked("to")), wrong=None)

    @visited(open=True)
    def on_post(self, visit: Visit) -> None:
        """A key that is good is kept, and the page that was asked for is shown."""
        form = door.read_form(visit.req)
        way_back = door.safe_way_back(visit.root, form.get("to"))
        if not door.from_our_page(visit.req):
            visit.show("login.html", HTTPStatus.FORBIDDEN, way_back=way_back, wrong="foreign")
            return
        token = form.get("key", "").strip()
        try:
            if not (token.isascii() and token.isprintable()):
                raise UnauthorizedError
            self.site.door.try_key(token, visit.connect)
        except (UnauthorizedError, ForbiddenError):
            visit.show("login.html", HTTPStatus.FORBIDDEN, way_back=way_back, wrong="wrong")
            return
        door.set_cookie(visit, token)
        visit.go(way_back)


class LogoutPage(Page):
    """`POST /logout`: the cookie is forgotten."""

    @visited(open=True)
    def on_post(self, visit: Visit) -> None:
        """Only from a page of ours."""
        if not door.from_our_page(visit.req):
            raise ForbiddenError
        door.set_cookie(visit, "")
        visit.resp.set_header("Clear-Site-Data", '"cache"')
        visit.go(visit.link("/login" if self.site.door.required else "/"))
