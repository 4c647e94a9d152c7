"""The crontab and the systemd units in examples/ do what they say: their own lines are run."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cli_town import write_week_town

ROOT = Path(__file__).parents[2]
CRON = ROOT / "examples/cron/patrolplan.cron"
UNITS = ROOT / "examples/systemd"


@pytest.fixture
def place(tmp_path):
    """Communities to plan, and a `patrolplan` on a path of its own that searches little."""
    write_week_town(tmp_path / "communities/one")
    program = tmp_path / "bin/patrolplan"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/cli.py" "$@"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def weeks_of(place):
    return [week.name for week in (place / "weeks/one").glob("????-W??")]


def test_the_crontab_plans_next_week(place):
    rows = [row for row in CRON.read_text(encoding="utf-8").splitlines() if row and row[0] != "#"]
    variables = dict(row.split("=", 1) for row in rows if re.match(r"[A-Z]+=", row))
    jobs = [row.split(None, 5) for row in rows if re.match(r"[\d*]", row)]
    assert [job[:5] for job in jobs] == [["0", "6", "*", "*", "5"], ["0", "8", "*", "*", "5"]]
    assert all("%" not in job[5] for job in jobs), "cron ends the command at a per cent sign"
    ours = {
        "PATROLPLAN": place / "bin/patrolplan", "COMMUNITIES": place / "communities",
        "WEEKS": place / "weeks", "SUMMARY": place / "summary.json", "SHELL": "/bin/sh",
    }  # fmt: skip
    assert set(variables) == set(ours)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(place), **{k: str(v) for k, v in ours.items()}}
    for job, state in zip(jobs, ("written", "already there"), strict=True):
        command = job[5].replace("--solutions 50", "--solutions 1")
        told = subprocess.run(
            ["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stderr
        assert json.loads((place / "summary.json").read_text(encoding="utf-8"))["counts"][state] == 1
    assert len(weeks_of(place)) == 1


def test_the_service_plans_next_week(place):
    text = (UNITS / "patrolplan-week.service").read_text(encoding="utf-8")
    line = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)[1]
    ours = {"COMMUNITIES": place / "communities", "WEEKS": place / "weeks", "SOLUTIONS": 1}
    words = [re.sub(r"^\$\{(\w+)\}$", lambda match: str(ours[match[1]]), word) for word in line.split()]
    environment = {**os.environ, "PATH": f"{place / 'bin'}:/usr/bin:/bin"}
    told = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "1 written" in told.stderr
    assert len(weeks_of(place)) == 1


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_takes_the_units(tmp_path):
    for unit in UNITS.glob("patrolplan-week.*"):
        shutil.copy(unit, tmp_path)
    units = sorted(str(unit) for unit in tmp_path.glob("patrolplan-week.*"))
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    ours = [row for row in told.stderr.splitlines() if "patrolplan" in row]
    assert not ours, ours
    when = subprocess.run(
        ["systemd-analyze", "calendar", "Fri 06:00"], capture_output=True, text=True, check=False
    )
    assert "Fri *-*-* 06:00:00" in when.stdout
