# ruff: noqa: E501, PT012 - rows of tables stand in one piece
"""A run whose input holds marked personal strings leaves none of them in any file or message."""

import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from cli_town import MIDDLE, offence_rows, plan_text, write_streets
from click.testing import CliRunner

from patrolplan.cli import main
from patrolplan.errors import InputError
from patrolplan.io.tables import read_offences

MARK = "ЗАСЕКРЕЧЕНО"
PERSONAL = {
    "№ справи": f"{MARK}-12026",
    "ПІБ заявника": f"{MARK} Олена Іванівна",
    "Телефон": f"+380671234567 {MARK}",
    "Дата народження": f"01.02.1990 {MARK}",
    "Паспорт": f"СН 123456 {MARK}",
    "Адреса проживання": f"вул. Тиха, 5 {MARK}",
    "Фабула": f"невідома особа, назвалась {MARK}, взяла зі столу гаманець і втекла в бік парку разом з іншими",
    "victim_name": f"{MARK}",
    "hto": f"{MARK}енко Іван Петрович",
}


def write_marked(folder, *, broken=False, officer="Olena"):
    rows = offence_rows()
    names = list(PERSONAL)
    lines = [",".join(["lon", "lat", "kind", "time", *names])]
    for k, row in enumerate(rows):
        cells = [f'"{PERSONAL[name]} {k}"' for name in names[:-1]] + [f"{PERSONAL['hto']}"]
        lon = "0" if broken and k < 3 else row[0]
        lat = "0" if broken and k < 3 else row[1]
        lines.append(",".join([lon, lat, row[2], row[3], *cells]))
    (folder / "offences.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_streets(folder / "streets.osm")
    (folder / "problems.csv").write_text(
        f"lon,lat,hours,description,named by,phone\n{MIDDLE[0]},{MIDDLE[1]},18:00-22:00,noise,{MARK} Петро,067 {MARK}\n",
        encoding="utf-8",
    )
    (folder / "staff.csv").write_text(
        f"Позивний,ПІБ,Годин на тиждень,Телефон,Дата народження\nБеркут,{MARK} Олена,10,067 {MARK},{MARK}\n",
        encoding="utf-8",
    )
    (folder / "roster.csv").write_text(
        f"Позивний,ПІБ,Дата,З,До\nБеркут,{MARK},23.11.2026,16:00,20:00\n", encoding="utf-8"
    )
    (folder / "cameras.csv").write_text(
        f"lon,lat,range,owner,phone\n{MIDDLE[0]},{MIDDLE[1]},50,{MARK},{MARK}\n", encoding="utf-8"
    )
    tables = "".join(
        f'[{name}]\nfile = "{name}.csv"\n' for name in ("problems", "staff", "roster", "cameras")
    )
    text = plan_text(("seconds = 1", "solutions = 5"), ("[plan]\n", tables + "[plan]\n"))
    (folder / "plan.toml").write_text(text.replace("Olena", officer), encoding="utf-8")
    return folder / "plan.toml"


def texts_of(folder):
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield path.name, data
            if path.suffix == ".pdf":
                yield f"{path.name} as text", text_of_pdf(path).encode()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as packed:
                    yield from ((f"{path.name}/{name}", packed.read(name)) for name in packed.namelist())


def text_of_pdf(path):
    """What a reader sees: in the file itself the text stands packed and by the numbers of its letters."""
    from pypdfium2 import PdfDocument

    with closing(PdfDocument(path)) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def holds_mark(data):
    forms = MARK.encode(), MARK.encode("utf-16-le"), MARK.encode("cp1251"), MARK.encode("unicode_escape")
    return any(form in data for form in forms)


def assert_nothing_told(text):
    for form in (
        MARK,
        MARK.encode().hex(),
        repr(MARK.encode())[2:-1],
        MARK.encode("unicode_escape").decode(),
    ):
        assert form not in text


def test_no_output_log_or_message_holds_what_is_personal(tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    out.mkdir()
    plan_file = write_marked(source, broken=True)
    runner = CliRunner()
    runs = [
        ["check", plan_file, "--json", "--html", out / "check.html", "--set-aside", out / "aside.csv"],
        ["check", plan_file, "--pii", "--json"],
        ["weigh", plan_file, "--out", out / "need.gpkg"],
        ["plan", plan_file, "--out", out / "plan", "--json"],
        [
            "init",
            tmp_path / "out" / "new",
            "--streets",
            source / "streets.osm",
            "--offences",
            source / "offences.csv",
        ],
    ]
    for run in runs:
        result = runner.invoke(main, [str(part) for part in run])
        assert result.exit_code == 0, result.output
        assert_nothing_told(result.output)
    seen = dict(texts_of(out))
    assert {"check.html", "aside.csv", "need.gpkg", "plan.json"} <= {Path(name).name for name in seen}
    cached = dict(texts_of(source / ".patrolplan-cache"))
    assert cached
    for name, data in {**seen, **cached}.items():
        assert not holds_mark(data), name


def test_the_search_would_find_what_was_left_in(tmp_path):
    plan_file = write_marked(tmp_path, officer=MARK)
    result = CliRunner().invoke(main, ["plan", str(plan_file), "--out", str(tmp_path / "plan"), "--json"])
    assert result.exit_code == 0, result.output
    found = {name for name, data in texts_of(tmp_path / "plan") if holds_mark(data)}
    kinds = {Path(name.removesuffix(" as text")).suffix for name in found}
    assert {".pdf", ".json", ".html", ".ics", ".txt", ".xml"} <= kinds, found
    assert any(name.startswith("roster.xlsx/") for name in found)


def test_every_personal_column_is_listed_and_only_by_its_name(tmp_path):
    result = CliRunner().invoke(main, ["check", str(write_marked(tmp_path)), "--pii"])
    for name in PERSONAL:
        assert f"{name}: " in result.output
    assert_nothing_told(result.output)


@pytest.mark.parametrize(
    "text",
    [
        f"ПІБ,Телефон\n{MARK},0671234567\n",
        f"{MARK},24.03,49.84,2026-01-01\n{MARK},24.03,49.85,2026-01-02\n",
        f"lon,lat,kind,date,ПІБ\n999999,1,theft,2026-01-01,{MARK}\n",
        f"lon,lat,kind,date,ПІБ\n24.03,49.84,theft,05/05/2026,{MARK}\n",
        f'lon,lat,kind,date,ПІБ\n24.03,49.84,theft,2026-01-01,"{MARK}\n',
    ],
)
def test_no_message_tells_what_is_personal(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_offences(path, timezone="Europe/Kyiv")
        raise InputError("read after all")
    assert MARK not in str(error.value)
