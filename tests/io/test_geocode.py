# ruff: noqa: E501 - tables stand in one piece
"""Addresses asked of a server: only when told to, politely, kept, and used offline afterwards."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from cli_town import MIDDLE, write_town
from click.testing import CliRunner

from patrolplan.cli import main
from patrolplan.errors import InputError
from patrolplan.io.geocode import read_answers
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.check.geocode import geocode_offences


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            query = parse_qs(urlsplit(self.path).query)["q"][0]
            site.asked.append(query)
            known = [{"lon": str(MIDDLE[0]), "lat": str(MIDDLE[1])}] if "Known" in query else []
            far = [{"lon": "0", "lat": "0"}] if "Far" in query else known
            content = json.dumps(far).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.asked = []
    site.url = f"http://127.0.0.1:{site.server_port}"
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.shutdown()
    thread.join()
    site.server_close()


def town(folder):
    plan_file = write_town(folder)
    lines = (folder / "offences.csv").read_text(encoding="utf-8").splitlines()
    rows = [lines[0] + ",address", *(line + "," for line in lines[1:])]
    rows += [f",,theft,2026-05-01T18:00,{address}" for address in ("Known Lane 5", "Known Lane 5", "Far Street 1", "Nowhere 3")]  # fmt: skip
    (folder / "offences.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    text = plan_file.read_text(encoding="utf-8").replace(
        'start = "time"', 'start = "time"\nstreet = "address"'
    )
    plan_file.write_text(text, encoding="utf-8")
    return plan_file


def test_each_address_is_asked_once_kept_and_used_offline(server, tmp_path):
    plan_file, keep = town(tmp_path), tmp_path / "geocoded.csv"
    settings = read_plan_file(plan_file)
    asked = geocode_offences(settings, keep, url=server.url, pause_s=0)
    assert (asked.found, asked.missed, asked.left) == (1, 2, 0)
    assert server.asked == [
        "Known Lane 5, Little Town",
        "Far Street 1, Little Town",
        "Nowhere 3, Little Town",
    ]
    geocode_offences(settings, keep, url=server.url, pause_s=0)
    assert len(server.asked) == 3
    assert read_answers(keep)["lon"].notna().tolist() == [True, False, False]
    text = plan_file.read_text(encoding="utf-8")
    plan_file.write_text(
        text.replace('file = "offences.csv"', 'file = "offences.csv"\ngeocoded_file = "geocoded.csv"'),
        encoding="utf-8",
    )
    result = CliRunner().invoke(main, ["check", str(plan_file)])
    assert result.exit_code == 0, result.output
    assert "2 records placed by their address (2 by server)" in result.output
    assert len(server.asked) == 3


def test_nothing_is_asked_unless_told_to(server, tmp_path):
    result = CliRunner().invoke(main, ["check", str(town(tmp_path))])
    assert result.exit_code == 0, result.output
    assert server.asked == []


def test_the_command_says_what_came_of_it(server, tmp_path):
    plan_file, keep = town(tmp_path), tmp_path / "geocoded.csv"
    result = CliRunner().invoke(
        main, ["check", str(plan_file), "--geocode", str(keep), "--server", server.url, "--json"]
    )
    assert result.exit_code == 0, result.output
    assert '"found": 1' in result.stdout
    assert 'geocoded_file = "geocoded.csv"' in result.stderr


def test_without_a_connection_one_line_says_so(tmp_path):
    with pytest.raises(InputError, match="no connection"):
        geocode_offences(
            read_plan_file(town(tmp_path)), tmp_path / "g.csv", url="http://127.0.0.1:9", pause_s=0
        )


def test_a_table_that_is_no_such_table_is_refused(tmp_path):
    (tmp_path / "g.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="must have the columns street, house"):
        read_answers(tmp_path / "g.csv")
