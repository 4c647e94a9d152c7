"""The GeoPackage of weights: written whole, read back equal, the same bytes twice."""

import numpy as np
import pyogrio
import pytest
from lattice_town import TOWN, weights_on
from towns import lattice

from patrolplan.errors import InputError
from patrolplan.io.weights_file import write_weights

WEIGHTS = weights_on(TOWN, {4: 0.75, 7: 0.25})


def test_need_is_read_back_as_it_was(tmp_path):
    path = write_weights(TOWN, WEIGHTS, tmp_path / "weights.gpkg")
    layers = {name for name, _ in pyogrio.list_layers(path)}
    assert layers == {"segments", "hours", "terms", "set_aside"}
    segments = pyogrio.read_dataframe(path, layer="segments")
    assert segments["need_week"].to_numpy() == pytest.approx(WEIGHTS.week())
    parts = [
        f"need_{first:02d}_{last:02d}"
        for first, last in ((0, 6), (6, 10), (10, 14), (14, 18), (18, 22), (22, 24))
    ]
    assert segments[parts].sum(axis=1).to_numpy() == pytest.approx(WEIGHTS.week())
    assert segments.set_index("rank").loc[1, "segment"] == 4
    assert segments.crs == TOWN.segments.crs
    hours = pyogrio.read_dataframe(path, layer="hours", read_geometry=False)
    assert hours["need"].sum() == pytest.approx(1)
    assert hours["hour_of_week"].tolist() == list(range(168))


def test_the_same_weights_give_the_same_bytes(tmp_path):
    one = write_weights(TOWN, WEIGHTS, tmp_path / "one.gpkg").read_bytes()
    assert write_weights(TOWN, WEIGHTS, tmp_path / "one.gpkg").read_bytes() == one


def test_weights_of_another_network_are_refused(tmp_path):
    with pytest.raises(InputError, match="weigh this network"):
        write_weights(lattice(3), WEIGHTS, tmp_path / "weights.gpkg")
    assert not list(tmp_path.iterdir())


def test_expected_offences_add_up():
    hours = np.arange(168)
    assert WEIGHTS.expected_offences(hours).sum() == pytest.approx(WEIGHTS.expected_per_week)
