"""What holds without a setting is what the library does without an argument."""

import inspect

import pytest

from patrolplan.build import build_problem
from patrolplan.config.settings import (
    EffectSettings,
    HotSpotSettings,
    NeedSettings,
    RuleSettings,
    WalkingSettings,
)
from patrolplan.config.streets import StreetSettings
from patrolplan.config.tables import OffenceSettings, PlaceSettings
from patrolplan.config.values import WAY_KINDS
from patrolplan.graph.clean import CleanRules
from patrolplan.io.osm_tags import STREET_RANKS
from patrolplan.risk.hot_spots import find_hot_spots
from patrolplan.risk.weigh import weigh
from patrolplan.units import KMH

SAME = [
    (StreetSettings, "junction_m", CleanRules, "junction_m", 1),
    (OffenceSettings, "max_distance_m", weigh, "max_distance_m", 1),
    (OffenceSettings, "with_officer_found", weigh, "with_officer_found", 1),
    (OffenceSettings, "since", weigh, "since", 1),
    (OffenceSettings, "until", weigh, "until", 1),
    (PlaceSettings, "reach_m", weigh, "reach_m", 1),
    (NeedSettings, "bandwidth_m", weigh, "bandwidth_m", 1),
    (NeedSettings, "half_life_days", weigh, "half_life_days", 1),
    (HotSpotSettings, "dwell_min", find_hot_spots, "dwell_min", 1),
    (HotSpotSettings, "max_dwell_min", find_hot_spots, "max_dwell_min", 1),
    (HotSpotSettings, "radius_m", find_hot_spots, "radius_m", 1),
    (HotSpotSettings, "apart_m", find_hot_spots, "min_apart_m", 1),
    (HotSpotSettings, "max_count", find_hot_spots, "max_hot_spots", 1),
    (WalkingSettings, "patrol_km_h", find_hot_spots, "patrol_speed_m_per_s", KMH),
    (WalkingSettings, "transfer_km_h", build_problem, "transfer_speed_m_per_s", KMH),
    (WalkingSettings, "longest_leg_min", build_problem, "longest_leg_s", 60),
    (EffectSettings, "fade_min", build_problem, "fade_s", 60),
    (EffectSettings, "full_dwell_min", build_problem, "full_dwell_s", 60),
    (EffectSettings, "pass_quality", build_problem, "pass_quality", 1),
    (RuleSettings, "min_gap_min", build_problem, "min_gap_s", 60),
]


@pytest.mark.parametrize(("section", "key", "function", "argument", "factor"), SAME)
def test_defaults_of_settings_are_those_of_the_functions_they_feed(section, key, function, argument, factor):
    setting = section.model_fields[key].default
    default = inspect.signature(function).parameters[argument].default
    plain = setting is None or isinstance(setting, bool)
    assert setting == default if plain else setting * factor == pytest.approx(default)


def test_kinds_of_way_in_settings_are_those_that_are_walked():
    assert set(WAY_KINDS) == set(STREET_RANKS)
