"""Kinds of offence: classes, street or not, sensitive, codes, the user's own rows."""

import re

import pandas as pd
import pytest

from patrolplan.errors import InputError
from patrolplan.risk.kinds import default_kinds, rate_kinds


def rated(*names, **options):
    return rate_kinds(pd.Series(names), **options).set_index("kind")


@pytest.mark.parametrize(
    ("kind", "harm", "street"),
    [
        ("Homicide - Criminal", 30, True),
        ("Aggravated Assault Firearm", 10, True),
        ("Robbery No Firearm", 10, True),
        ("Other Assaults", 3, True),
        ("Burglary Residential", 3, True),
        ("Motor Vehicle Theft", 3, True),
        ("Theft from Vehicle", 1, True),
        ("Theft from the person", 3, True),
        ("Thefts", 1, True),
        ("Vandalism/Criminal Mischief", 1, True),
        ("Criminal damage and arson", 3, True),
        ("Anti-social behaviour", 1, True),
        ("Fraud", 1, False),
        ("All Other Offenses", 1, False),
        ("Embezzlement", 1, False),
        ("Domestic violence", 10, False),
        ("Крадіжка", 1, True),
        ("Кишенькова крадіжка", 3, True),
        ("Грабіж", 10, True),
        ("Розбійний напад", 10, True),
        ("Хуліганство", 1, True),
        ("Шахрайство", 1, False),
        ("Домашнє насильство", 10, False),
        ("Умисне вбивство", 30, True),
        ("Незаконне заволодіння транспортним засобом", 3, True),
        ("Тяжке тілесне ушкодження", 10, True),
        ("Легке тілесне ушкодження", 3, True),
        ("Пошкодження майна", 1, True),
    ],
)
def test_kinds_are_known_by_name(kind, harm, street):
    row = rated(kind).loc[kind]
    assert (row["harm"], row["street"]) == (harm, street)
    assert row["matched"]


@pytest.mark.parametrize(
    "kind", ["Weapon Violations", "Narcotic / Drug Law Violations", "Наркотики", "Drugs"]
)
def test_what_police_find_themselves_is_flagged(kind):
    assert rated(kind).loc[kind, "officer_found"]


@pytest.mark.parametrize(
    "kind", ["Rape", "Offenses Against Family and Children", "Зґвалтування", "Violence and sexual offences"]
)
def test_sensitive_kinds_are_flagged(kind):
    assert rated(kind).loc[kind, "sensitive"]


def test_unmatched_kinds_count_as_minor_street_offences_and_say_so():
    row = rated("Qwerty").loc["Qwerty"]
    assert (row["harm"], row["street"], row["matched"]) == (1, True, "")


def test_codes_of_a_code_book_are_told_in_words():
    table = rated("4E", "6D", "3AF", "5A", "1A", "9S", "2A", "4C")
    assert table.loc["4E", "name"] == "common assault"
    assert table.loc["3AF", ["name", "harm"]].tolist() == ["robbery", 10]
    assert table.loc["2A", "sensitive"]


def test_a_code_among_names_is_no_code_book():
    assert rated("4E", "Theft", "Robbery").loc["4E", "matched"] == ""


def test_own_rows_win_and_leave_the_rest():
    own = pd.DataFrame({"kind": ["fraud"], "street": [True], "harm": [3]})
    table = rated("Fraud", "Theft", overrides=own)
    assert table.loc["Fraud", ["harm", "street", "matched"]].tolist() == [3, True, "your table"]
    assert table.loc["Theft", "harm"] == 1


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (pd.DataFrame({"name": ["x"]}), "no column 'kind'"),
        (pd.DataFrame({"kind": ["a", "A"]}), "named twice"),
        (pd.DataFrame({"kind": ["a"], "harm": [-1]}), "harm must be above 0"),
        (pd.DataFrame({"kind": ["a"], "colour": [1]}), "unknown columns colour"),
    ],
)
def test_own_rows_that_cannot_be_used_are_refused(own, message):
    with pytest.raises(InputError, match=message):
        rated("Theft", overrides=own)


def test_every_pattern_of_the_table_compiles_and_has_a_class():
    table = default_kinds()
    assert set(table["harm"]) <= {1.0, 3.0, 10.0, 30.0}
    assert all(re.compile(pattern) for pattern in table["pattern"])


def test_ukrainian_articles_are_a_start_to_be_checked():
    rated = rate_kinds(pd.Series(["ч. 2 ст. 185 ККУ", "ст. 173-2 КУпАП", "ст. 152 КУпАП"])).set_index("kind")
    assert rated.loc["ч. 2 ст. 185 ККУ", "name"].startswith("theft")
    assert not rated.loc["ст. 173-2 КУпАП", "street"]
    assert rated.loc["ст. 173-2 КУпАП", "sensitive"]
    assert "checked" in rated.loc["ч. 2 ст. 185 ККУ", "matched"]
    assert rated.loc["ст. 152 КУпАП", "matched"] == ""  # article 152 of another code means another thing
