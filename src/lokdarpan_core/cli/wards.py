"""`lokdarpan wards …`: load ward lists and boundaries, look wards up, and add spellings of one's own."""

import attrs
import click

from lokdarpan_core.cli.console import as_json, database, load_settings, print_json, print_table
from lokdarpan_core.cli.wards_import import import_
from lokdarpan_core.errors import AmbiguousWardError, Candidate, UnknownWardError
from lokdarpan_core.wards.aliases import add_alias, remove_alias
from lokdarpan_core.wards.delimitations import Alias, Delimitation, Ward
from lokdarpan_core.wards.details import ward_details
from lokdarpan_core.wards.gazetteer import Gazetteer

NOTHING_LOADED = "No ward list is loaded: `lokdarpan wards import` loads those that come with LokDarpan."
LANGUAGES = {"en": "English", "te": "Telugu", "hi": "Hindi", "ur": "Urdu"}

in_delimitation = click.option(
    "--delimitation", help="Where to look a label up first (default: LOKDARPAN_DELIMITATION)."
)


@attrs.frozen
class Answer:
    """What a label means: a ward, or an error and the wards that may have been meant."""

    label: str
    ward: Ward | None
    error: str | None = None
    candidates: tuple[Candidate, ...] = ()


@click.group()
def wards() -> None:
    """Wards: their lists, their boundaries, and what people call them.

    \b
    Examples:
      lokdarpan wards import                                the lists of Hyderabad: ghmc-2016, hyderabad-2026
      lokdarpan wards import ghmc-2016 --boundaries wards.geojson
      lokdarpan wards import pune.csv --delimitation pune-2017 --authority PMC --source "PMC gazette 2017"
      lokdarpan wards resolve "Ward 95 Jubilee Hills" జూబ్లీహిల్స్ ۹۵
      lokdarpan wards alias add WARD_095 "Jubilee Hills Check Post"
    """


wards.add_command(import_)


@wards.command("list")
@click.option("--delimitation", help="Only this one.")
@as_json
def list_(delimitation: str | None, json_output: bool) -> None:
    """List the wards that are loaded."""
    with database() as engine, engine.connect() as connection:
        gazetteer = Gazetteer.load(connection)
    if delimitation is not None:
        gazetteer.delimitation(delimitation)
    listed = [one for one in gazetteer.wards if delimitation in (None, one.delimitation)]
    if json_output:
        for one in listed:
            print_json(one)
        return
    for place in gazetteer.delimitations:
        rows = [
            (one.ward_id, one.number, one.name, one.zone, one.circle) for one in listed if one.delimitation == place.id
        ]
        if rows:
            print_table(("ward", "number", "name", "zone", "circle"), rows, title=_title(place))
    if not gazetteer.wards:
        click.echo(NOTHING_LOADED, err=True)


@wards.command()
@click.argument("label")
@in_delimitation
@as_json
def show(label: str, delimitation: str | None, json_output: bool) -> None:
    """Show a ward: what it is called in each language, and where it is."""
    settings = load_settings()
    with database(settings) as engine, engine.connect() as connection:
        ward = Gazetteer.load(connection, settings.delimitation).resolve(label, delimitation)
        details = ward_details(connection, ward)
    if json_output:
        print_json(details)
        return
    values = attrs.asdict(ward) | {"segments": ", ".join(details.segments) or None}
    rows = [(name, str(value)) for name, value in values.items() if value is not None]
    print_table(("field", "value"), [*rows, ("boundary", "known" if details.has_boundary else "not known")])
    if details.aliases:
        print_table(("alias", "language", "verified", "source"), [_alias_row(one) for one in details.aliases])


def _alias_row(one: Alias) -> tuple[str | None, ...]:
    language = LANGUAGES.get(one.language or "", one.language)
    return one.alias, language, "yes" if one.verified else "no", one.source


@wards.command()
@click.argument("labels", nargs=-1, required=True)
@in_delimitation
@as_json
@click.pass_context
def resolve(ctx: click.Context, labels: tuple[str, ...], *, delimitation: str | None, json_output: bool) -> None:
    """Say which ward each label means; exits with 1 when one is unknown or ambiguous."""
    settings = load_settings()
    with database(settings) as engine, engine.connect() as connection:
        gazetteer = Gazetteer.load(connection, settings.delimitation)
    answers = [_answer(gazetteer, label, delimitation) for label in labels]
    for answer in answers:
        if json_output:
            print_json(answer)
        elif answer.ward is None:
            click.echo(answer.error, err=True)
    found = [(one.label, one.ward) for one in answers if one.ward is not None]
    if found and not json_output:
        rows = [(label, ward.ward_id, ward.name, ward.delimitation) for label, ward in found]
        print_table(("label", "ward", "name", "delimitation"), rows)
    ctx.exit(1 if len(found) < len(answers) else 0)


def _answer(gazetteer: Gazetteer, label: str, delimitation: str | None) -> Answer:
    try:
        return Answer(label, gazetteer.resolve(label, delimitation))
    except (UnknownWardError, AmbiguousWardError) as error:
        return Answer(label, None, str(error), error.candidates)


@wards.group()
def alias() -> None:
    """Spellings of your own: an import never touches them."""


@alias.command()
@click.argument("label")
@click.argument("spelling", metavar="ALIAS")
@click.option("--language", help="Its code, such as te, hi, ur, mr (default: told by the script).")
@in_delimitation
@as_json
def add(label: str, spelling: str, *, language: str | None, delimitation: str | None, json_output: bool) -> None:
    """Add a spelling of a ward's name; safe to repeat."""
    settings = load_settings()
    with database(settings, writes=True) as engine, engine.begin() as connection:
        gazetteer = Gazetteer.load(connection, settings.delimitation)
        ward = gazetteer.resolve(label, delimitation)
        added = add_alias(connection, gazetteer, ward, spelling, language)
    if json_output:
        print_json(added)
    else:
        click.echo(f"{added.alias} is {ward.ward_id} {ward.name} ({ward.delimitation}).")


@alias.command()
@click.argument("label")
@click.argument("spelling", metavar="ALIAS")
@in_delimitation
@as_json
def remove(label: str, spelling: str, *, delimitation: str | None, json_output: bool) -> None:
    """Remove a spelling that was added by hand."""
    settings = load_settings()
    with database(settings, writes=True) as engine, engine.begin() as connection:
        ward = Gazetteer.load(connection, settings.delimitation).resolve(label, delimitation)
        removed = remove_alias(connection, ward, spelling)
    if json_output:
        print_json(removed)
    else:
        click.echo(f"{removed.alias} is no longer an alias of {ward.ward_id} {ward.name} ({ward.delimitation}).")


def _title(place: Delimitation) -> str:
    span = f"{place.valid_from or '…'} to {place.valid_to or 'now'}"
    return f"{place.id}: {place.authority}, {span}"
