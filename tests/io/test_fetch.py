"""Fetching by name, against a server of our own on this machine; nobody else is asked."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import shapely
from osm_town import LAT, LON, cross

from patrolplan.errors import InputError
from patrolplan.io.fetch import fetch_network, fetch_streets, place_boundary
from patrolplan.io.http import Patience, ask
from patrolplan.io.osm import read_osm

AREA = shapely.box(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01)
QUICK = Patience(timeout_s=2, patience_s=2, first_wait_s=0.01)


@pytest.fixture
def server(monkeypatch):
    """Answers from a list, the last one again and again; what was asked is kept."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length", 0))
            site.asked.append((self.path, self.rfile.read(length), dict(self.headers)))
            answers = site.places if self.path.startswith("/search") else site.maps
            status, content, headers = answers.pop(0) if len(answers) > 1 else answers[0]
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *args):
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.asked, site.maps = [], []
    site.places = [(200, json.dumps([{"geojson": json.loads(shapely.to_geojson(AREA))}]).encode(), {})]
    site.url = f"http://127.0.0.1:{site.server_port}"
    site.urls = {"nominatim_url": site.url, "overpass_url": f"{site.url}/api"}
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture
def town(tmp_path):
    text = cross().write(tmp_path / "town.osm").read_text()
    return (
        text.replace("<osm version", '<osm osm_base="x" version')
        .replace('<osm osm_base="x"', "<osm")
        .replace('version="0.6">', 'version="0.6"><meta osm_base="2026-11-01T00:00:00Z"/>', 1)
        .encode()
    )


def ok(content):
    return (200, content, {})


def failed(town, words="runtime error: Query timed out"):
    return ok(town.replace(b"</osm>", f"<remark> {words} </remark></osm>".encode()))


def test_a_place_by_name_with_the_date_of_the_map(server, town, tmp_path):
    server.maps = [ok(town)]
    told = []
    data = fetch_streets("Тест, Ukraine", keep=tmp_path / "kept.osm", on_progress=told.append, patience=QUICK,
                         **server.urls)  # fmt: skip
    assert len(data.network.segments) == 4
    assert data.timestamp == "2026-11-01T00:00:00Z"
    assert "the map is of 2026-11-01" in data.network.report.notes[-1]
    assert "127.0.0.1" in data.network.report.notes[-1]
    assert read_osm(tmp_path / "kept.osm").timestamp == data.timestamp
    assert told == ["looking up Тест, Ukraine", "fetching the streets of Тест, Ukraine"]
    assert "highway" in server.asked[1][1].decode()
    assert server.asked[0][2]["User-Agent"].startswith("patrolplan/")


def test_busy_servers_and_errors_told_as_success_are_asked_again(server, town):
    server.places.insert(0, (429, b"", {"Retry-After": "0"}))
    server.maps = [
        (504, b"", {}),
        failed(town),
        ok(b"<html>busy</html>"),
        ok(town[:-40]),
        (0, b"", {}),
        ok(town),
    ]
    network = fetch_network("Test", patience=QUICK, **server.urls)
    assert len(network.segments) == 4
    assert len(server.asked) == 2 + 6


def test_patience_ends_with_the_last_answer_in_one_line(server, town):
    server.maps = [failed(town, "runtime error: out of memory")]
    with pytest.raises(InputError, match=r"asked \d+ times.*out of memory.*\.osm\.pbf") as caught:
        fetch_network(
            "Test", patience=Patience(timeout_s=1, patience_s=0.1, first_wait_s=0.02), **server.urls
        )
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="asked once"):
        fetch_network("Test", patience=Patience(timeout_s=1, patience_s=0.1, first_wait_s=9), **server.urls)


def test_a_server_that_says_when_to_come_back_is_not_asked_before(server, town):
    server.maps = [(429, b"", {"Retry-After": "3600"}), ok(town)]
    with pytest.raises(InputError, match="429"):
        fetch_network("Test", patience=QUICK, **server.urls)


def test_refusals_are_not_repeated(server):
    server.maps = [(400, b"", {})]
    with pytest.raises(InputError, match="refused"):
        fetch_network("Test", patience=QUICK, **server.urls)
    assert len(server.asked) == 2


def test_places_that_are_unknown_or_have_no_area(server):
    server.places = [ok(b"[]")]
    with pytest.raises(InputError, match='"Atlantis": OpenStreetMap knows nothing'):
        place_boundary("Atlantis", nominatim_url=server.url)
    server.places = [ok(b'[{"geojson": {"type": "Point", "coordinates": [1, 2]}}]')]
    with pytest.raises(InputError, match="only points"):
        place_boundary("Somewhere", nominatim_url=server.url)


def test_offline_is_told_at_once_in_one_line_with_the_way_out(monkeypatch):
    with pytest.raises(InputError, match=r"no connection.*\.osm\.pbf") as caught:
        ask("http://127.0.0.1:1/api", patience=Patience(patience_s=600))
    assert "\n" not in str(caught.value)

    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(InputError, match="no connection"):
        ask("http://nobody.invalid/api", patience=Patience(patience_s=600))


def test_a_broken_answer_leaves_no_file(server, town, tmp_path):
    server.maps = [ok(town.replace(b"residential", b"proposed"))]
    with pytest.raises(InputError, match="no walkable streets"):
        fetch_network("Test", keep=tmp_path / "kept.osm", patience=QUICK, **server.urls)
    assert not (tmp_path / "kept.osm").exists()
    with pytest.raises(InputError, match=r"ending in \.osm"):
        fetch_network("Test", keep=tmp_path / "kept.pbf", **server.urls)
