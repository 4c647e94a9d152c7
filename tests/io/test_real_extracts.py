"""Streets of real extracts in the shared data folder beside the checkout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from patrolplan.graph.islands import without_idle_parts
from patrolplan.graph.network import StreetNetwork
from patrolplan.io.osm import read_osm

DATA = Path(__file__).parents[2].parent / "shared" / "data"

EXTRACTS = {
    # file: least segments, least median length, least share in the main part, least kilometres, least places
    "philadelphia/streets.osm": (1500, 55, 0.98, 155, 250),
    "baltimore/streets.osm.pbf": (6000, 52, 0.85, 480, 700),
    "london/streets.osm.pbf": (1400, 35, 0.95, 75, 1400),
    "osm/monaco_2020.osm.pbf": (1000, 35, 0.95, 70, 500),
    "osm/minsk_centre.osm": (250, 35, 0.90, 18, 350),
    "osm/west_oakland.osm.bz2": (400, 60, 0.99, 45, 40),
    "osm/liechtenstein_2021.osm.pbf": (7000, 60, 0.95, 1050, 1000),
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no shared data folder beside the checkout")


@pytest.mark.parametrize("name", EXTRACTS)
def test_extract_becomes_a_street_network(name):
    segments, median, share, km, places = EXTRACTS[name]
    data = read_osm(DATA / name)
    network = data.network
    assert len(network.segments) >= segments
    assert network.median_length_m >= median
    assert network.report.main_part_share >= share
    assert network.street_km >= km
    assert len(data.places) >= places
    assert network.nodes["osm_id"].is_unique
    assert network.report.dropped
    _is_one_part(without_idle_parts(network, []))
    kept_islands = any("only a ferry" in note for note in network.report.notes)
    assert kept_islands == (name.startswith("baltimore") or "monaco" in name)


def test_police_stations_of_baltimore_are_found():
    places = read_osm(DATA / "baltimore/streets.osm.pbf").places
    assert (places["kind"] == "police").sum() >= 5


def test_the_file_states_its_date():
    assert read_osm(DATA / "osm/monaco_2020.osm.pbf").timestamp == "2020-07-19T20:58:03Z"


def _is_one_part(network: StreetNetwork) -> None:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    u, v = network.segments["u"].to_numpy(), network.segments["v"].to_numpy()
    count = len(network.nodes)
    assert (
        connected_components(coo_array((np.ones(len(u)), (u, v)), shape=(count, count)), directed=False)[0]
        == 1
    )
