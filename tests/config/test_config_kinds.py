"""The user's table of kinds of offence."""

import pytest

from patrolplan.errors import InputError
from patrolplan.io.kinds_file import read_kinds


def test_a_table_of_kinds_reads_and_empty_cells_say_nothing(tmp_path):
    file = tmp_path / "kinds.csv"
    file.write_text("Kind;harm;street;sensitive\nтеатр;2,5;так;ні\nfraud;;no;\n", encoding="utf-8")
    kinds = read_kinds(file)
    assert kinds["kind"].tolist() == ["театр", "fraud"]
    assert kinds["harm"].iloc[0] == 2.5
    assert kinds["harm"].isna().tolist() == [False, True]
    assert kinds["street"].tolist() == [True, False]
    assert kinds["sensitive"].isna().tolist() == [False, True]


def test_all_faults_of_a_table_of_kinds_are_told(tmp_path):
    file = tmp_path / "kinds.csv"
    file.write_text("name,harm,street,weight\na,-1,yes,1\nb,2,perhaps,1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_kinds(file)
    told = "\n".join(caught.value.faults)
    assert "unknown column 'weight'" in told
    assert "no column 'kind'" in told
    assert "harm must be a number above 0, not '-1' (row 1)" in told
    assert "street must be yes or no, not 'perhaps' (row 2)" in told
    assert len(caught.value.faults) == 4


def test_kinds_are_taken_by_the_rating(tmp_path):
    import pandas as pd

    from patrolplan.risk.kinds import rate_kinds

    file = tmp_path / "kinds.csv"
    file.write_text("kind,harm,street,sensitive\nFRAUD,4,yes,\n", encoding="utf-8")
    rated = rate_kinds(pd.Series(["Fraud", "Theft"]), overrides=read_kinds(file)).set_index("kind")
    assert rated.loc["Fraud", "harm"] == 4
    assert bool(rated.loc["Fraud", "street"])
    assert rated.loc["Fraud", "matched"] == "your table"
