"""The command line: each verb reads its options and calls the library."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from patrolplan.commands.batch import batch
from patrolplan.commands.desk import Desk, Verbs, end
from patrolplan.commands.evaluate import evaluate
from patrolplan.commands.log import log
from patrolplan.commands.options import (
    IN_FILE,
    OUT_FILE,
    OUT_FOLDER,
    as_json,
    day_of_text,
    force,
    language,
    language_of_text,
    one_effort,
    plan_file,
    seconds,
    seed,
    seed_or_0,
    solutions,
    strict,
)
from patrolplan.commands.replan import replan
from patrolplan.commands.report import report
from patrolplan.commands.trial import trial
from patrolplan.commands.verify import verify
from patrolplan.commands.week import week
from patrolplan.version import __version__


def _lon_lat(_: click.Context, __: click.Parameter, text: str | None) -> tuple[float, float] | None:
    """The two numbers of "30.52,50.45"."""
    try:
        lon, lat = (float(part) for part in text.split(",")) if text is not None else (0.0, 0.0)
    except ValueError:
        told = f"{text!r}: give longitude and latitude in degrees, such as 30.52,50.45"
        raise click.BadParameter(told) from None
    return (lon, lat) if text is not None else None


@click.group(
    cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]}, epilog="Begin with: patrolplan demo"
)
@click.version_option(__version__, prog_name="patrolplan")
def main() -> None:
    """Timed foot-patrol routes from streets, offence records, busy places and named problems.

    Exit codes: 0 done, 1 bad input, 2 wrong usage, 3 no plan possible, 4 done with warnings
    under --strict.
    """


@main.command(short_help="Start a folder: write a commented plan.toml.")
@click.argument("folder", type=OUT_FOLDER)
@click.option(
    "--streets", metavar="FILE", type=IN_FILE, required=True, help="OpenStreetMap file (.osm.pbf, .osm, ...)."
)
@click.option("--offences", metavar="FILE", type=IN_FILE, help="Table of offences.")
@click.option("--places", metavar="FILE", type=IN_FILE, help="Table of places people visit.")
@click.option("--problems", metavar="FILE", type=IN_FILE, help="Table of problems that residents named.")
@click.option("--cameras", metavar="FILE", type=IN_FILE, help="Table of cameras.")
@click.option("--staff", metavar="FILE", type=IN_FILE, help="Table of officers and their hours.")
@click.option("--roster", metavar="FILE", type=IN_FILE, help="Table of who walks when.")
@click.option("--station", metavar="LON,LAT", callback=_lon_lat, help="Where shifts begin and end.")
@click.option(
    "--officers",
    metavar="N",
    type=click.IntRange(1, 500),
    default=2,
    show_default=True,
    help="How many walk.",
)
@click.option(
    "--date", metavar="YYYY-MM-DD", callback=day_of_text, help="Day of the plan.  [default: tomorrow]"
)
@click.option("--shift", metavar="HH:MM-HH:MM", default="16:00-20:00", show_default=True, help="Local time.")
@click.option("--timezone", metavar="NAME", help="Such as Europe/Kyiv.  [default: that of the place]")
@force
def init(folder: Path, **options: Any) -> None:
    """Write a commented plan.toml into FOLDER, guessing what is not given."""
    from patrolplan.io.init import init_folder

    with Desk() as desk:
        desk.step("reading streets and tables")
        started = init_folder(folder, **options)
    lines = [f"wrote {started.plan_file}", *(f"  {note}" for note in started.notes)]
    lines.append(f"next: patrolplan check {started.plan_file}")
    end({}, lines, warnings=(), as_json=False, strict=False)


@main.command(short_help="Read all inputs and report; plan nothing.")
@plan_file
@click.option("--html", metavar="FILE", type=OUT_FILE, help="Write the report as one page.")
@click.option("--set-aside", metavar="FILE", type=OUT_FILE, help="Write all rows that can't be used as CSV.")
@click.option("--pii", is_flag=True, help="Only tell which columns hold personal data.")
@click.option(
    "--geocode",
    metavar="FILE",
    type=OUT_FILE,
    help="Ask OpenStreetMap's server for addresses that can't be placed, one a second, and keep the answers "
    "here. Addresses of offences leave this machine: only where that is allowed.",
)
@click.option("--server", metavar="URL", help="For --geocode: a Nominatim server of your own.")
@as_json
@strict
@force
def check(
    plan_file: Path,
    html: Path | None,
    set_aside: Path | None,
    pii: bool,
    geocode: Path | None,
    server: str | None,
    as_json: bool,
    strict: bool,
    force: bool,
) -> None:
    """Read all that plan.toml names and say what was found; plan nothing."""
    from patrolplan.commands.words import check_lines
    from patrolplan.io.out_place import check_out_file
    from patrolplan.io.plan_file import input_files, read_plan_file
    from patrolplan.orders.check.check import check_inputs
    from patrolplan.orders.check.files import personal_lines, personal_summary, write_check_files
    from patrolplan.orders.check.geocode import geocode_lines, geocode_offences

    settings = read_plan_file(plan_file)
    if pii:
        found = personal_summary(settings)
        end({"personal": found}, personal_lines(found), warnings=(), as_json=as_json, strict=strict)
        return
    if geocode is not None:
        with Desk() as desk:
            asked = geocode_offences(settings, geocode, url=server, on_progress=desk.step)
        end(vars(asked), geocode_lines(asked, geocode), warnings=(), as_json=as_json, strict=strict)
        return
    inputs = [plan_file, *(file for _, file in input_files(settings))]
    for file in (html, set_aside):
        if file is not None:
            check_out_file(file, inputs=inputs, force=force)
    with Desk() as desk:
        report = check_inputs(settings, on_progress=desk.step)
    lines = [*check_lines(report), *write_check_files(report, html=html, set_aside=set_aside)]
    end(report.summary(), lines, warnings=report.warnings, as_json=as_json, strict=strict)


@main.command(short_help="Write the walkable streets of an OSM file.")
@click.argument("file", type=IN_FILE)
@click.option("--out", metavar="FILE", type=OUT_FILE, required=True, help="GeoPackage to write.")
@as_json
@force
def network(file: Path, out: Path, as_json: bool, force: bool) -> None:
    """Read the walkable streets of an OpenStreetMap FILE and write them to a GeoPackage."""
    from patrolplan.commands.words import network_lines, network_summary
    from patrolplan.io.network_file import write_network
    from patrolplan.io.out_place import check_out_file
    from patrolplan.io.streets import read_network

    begun = time.perf_counter()
    check_out_file(out, inputs=[file], force=force)
    with Desk() as desk:
        desk.step("reading streets")
        streets = read_network(file)
        desk.step("writing")
        write_network(streets, out)
    summary = network_summary(streets, out, seconds=time.perf_counter() - begun)
    end(summary, network_lines(streets, out), warnings=(), as_json=as_json, strict=False)


@main.command(short_help="Write what each street needs at each hour.")
@plan_file
@click.option("--out", metavar="FILE", type=OUT_FILE, required=True, help="GeoPackage to write.")
@as_json
@strict
@force
def weigh(plan_file: Path, out: Path, as_json: bool, strict: bool, force: bool) -> None:
    """Work out how much patrol each street needs in each hour, and write it to a GeoPackage."""
    from patrolplan.commands.words import weigh_lines, weigh_summary
    from patrolplan.io.out_place import check_out_file
    from patrolplan.io.plan_file import input_files, read_plan_file
    from patrolplan.io.weights_file import write_weights
    from patrolplan.orders.check.check import set_aside_warnings
    from patrolplan.orders.load import load
    from patrolplan.orders.pipeline import weigh_loaded

    begun = time.perf_counter()
    settings = read_plan_file(plan_file)
    check_out_file(out, inputs=[plan_file, *(file for _, file in input_files(settings))], force=force)
    with Desk() as desk:
        loaded = load(settings, on_progress=desk.step)
        desk.step("weighing streets")
        weights = weigh_loaded(loaded)
        desk.step("writing")
        write_weights(loaded.network, weights, out)
    summary = weigh_summary(weights, out, seconds=time.perf_counter() - begun)
    end(
        summary,
        weigh_lines(weights, out),
        warnings=set_aside_warnings(weights.set_aside, settings),
        as_json=as_json,
        strict=strict,
    )


@main.command(short_help="Plan timed routes; write map, GPX, tables.")
@plan_file
@click.option(
    "--out", metavar="DIR", type=OUT_FOLDER, required=True, help="Folder for the files of the plan."
)
@seconds
@solutions
@click.option(
    "--refine", type=click.Choice(["true", "none"]), help="none: the better of OR-Tools and greedy as it is."
)
@seed
@click.option(
    "--vary",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    help="Draw the plan by lot, losing at most this share of the score: 0.03.",
)
@click.option(
    "--partial",
    is_flag=True,
    default=None,
    help="Where demands contradict each other: plan without those that can't be kept.",
)
@click.option(
    "--officers", metavar="N", type=click.IntRange(1, 500), help="That many crews of one officer each."
)
@click.option("--shift", metavar="HH:MM-HH:MM", help="The shift of every crew.")
@click.option(
    "--for",
    "audience",
    type=click.Choice(["command", "officer", "volunteer", "public"]),
    default="command",
    show_default=True,
    help="Whose hands the files are for; others than the command get less.",
)
@language
@as_json
@strict
@force
def plan(
    plan_file: Path,
    out: Path,
    audience: str,
    language: str | None,
    as_json: bool,
    strict: bool,
    force: bool,
    **changes: Any,
) -> None:
    """Plan timed routes; write map, cards, timetable, phone and GIS files into a folder."""
    from patrolplan.commands.plan import plan_into
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.orders.overrides import changed

    one_effort(changes["seconds"], changes["solutions"])
    settings = changed(read_plan_file(plan_file), **changes)
    plan_into(
        settings,
        out,
        as_json=as_json,
        strict=strict,
        force=force,
        audience=audience,
        language=language,
        options=changes,
    )


@main.command(short_help="Set two plans of one place side by side.")
@click.argument("first", metavar="A", type=IN_FILE)
@click.argument("second", metavar="B", type=IN_FILE)
@click.option("--out", metavar="DIR", type=OUT_FOLDER, help="Folder for a page with a map, and tables.")
@click.option(
    "--a",
    "changes_a",
    metavar="KEY=VALUE",
    multiple=True,
    help="Change the plan file A: officers=+1, shift=+2h, shift=18:00-22:00, need.a_prob=0.4.",
)
@click.option("--b", "changes_b", metavar="KEY=VALUE", multiple=True, help="The same for the plan file B.")
@click.option(
    "--solutions",
    metavar="N",
    type=click.IntRange(1, 100000),
    default=20,
    show_default=True,
    help="Search of each plan file, the same for both.",
)
@seed_or_0
@click.option(
    "--lang",
    "language",
    metavar="CODE",
    callback=language_of_text,
    help="Language to tell it in.  [default: B's]",
)
@as_json
def compare(
    first: Path,
    second: Path,
    out: Path | None,
    changes_a: tuple[str, ...],
    changes_b: tuple[str, ...],
    solutions: int,
    seed: int,
    language: str | None,
    as_json: bool,
) -> None:
    """Tell what plan B changes against plan A.

    Each is a folder that `plan` wrote, or a plan file, with changes of your own; plan files are
    planned here, with the same seed and the same amount of search. The same file twice and
    --b officers=+1 tells what one officer more would do.
    """
    from patrolplan.commands.words import comparison_lines, comparison_summary
    from patrolplan.io.plan_side import compare_plans
    from patrolplan.io.write_comparison import write_comparison
    from patrolplan.orders.compare_made import side_asked, side_name, side_planned

    with Desk() as desk:
        sides = [side_asked(path, changes) for path, changes in ((first, changes_a), (second, changes_b))]
        a, b = (side_planned(side, solutions=solutions, seed=seed, on_progress=desk.step) for side in sides)
    names = side_name("A", changes_a), side_name("B", changes_b)
    told = compare_plans(a, b, language=language, names=names)
    files = {} if out is None else write_comparison(told, out)
    end(
        comparison_summary(told, files),
        comparison_lines(told, files),
        warnings=(),
        as_json=as_json,
        strict=False,
    )


@main.command(short_help="Plan a day of the invented example.")
@click.option(
    "--out",
    metavar="DIR",
    type=OUT_FOLDER,
    default="patrolplan-demo",
    show_default=True,
    help="Folder to make.",
)
@seconds
@as_json
@force
def demo(out: Path, seconds: float | None, as_json: bool, force: bool) -> None:
    """Make the invented example community and plan a day for it."""
    from patrolplan.commands.plan import example_into, plan_into
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.orders.overrides import changed

    example = example_into(out / "input", force=force)
    settings = changed(read_plan_file(example), seconds=seconds)
    plan_into(
        settings, out / "plan", as_json=as_json, strict=False, force=force, options={"seconds": seconds}
    )


main.add_command(evaluate)
main.add_command(trial)
main.add_command(replan)
main.add_command(report)
main.add_command(log)
main.add_command(week)
main.add_command(verify)
main.add_command(batch)
