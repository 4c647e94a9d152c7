"""The observer's hits, by hand."""

import numpy as np
import pytest

from patrolplan.errors import InputError
from patrolplan.evaluate.guess import guessability, mean_guessability


def plan(*places: int, count: int = 4) -> np.ndarray:
    """One officer at a place in each half hour."""
    there = np.zeros((count, len(places)), dtype=bool)
    there[list(places), np.arange(len(places))] = True
    return there


def test_the_place_seen_most_often_in_the_half_hour_is_named() -> None:
    known = np.array([plan(0, 1), plan(0, 2), plan(3, 2)])
    assert guessability(known, plan(0, 2)).hit_rate == 1.0
    assert guessability(known, plan(3, 2)).hit_rate == 0.5
    assert guessability(known, plan(3, 2)).chance == 0.25


def test_ties_go_to_places_seen_a_half_hour_off_and_then_by_lot() -> None:
    # In the first half hour 0 and 1 were seen once each; 1 was also seen right after.
    assert guessability(np.array([plan(0, 3), plan(1, 1)]), plan(1, 3)).hit_rate >= 0.5
    even = np.array([plan(0), plan(1)])
    assert guessability(even, plan(0)).hit_rate == 0.5
    assert guessability(np.array([plan(0)]), plan(1), guesses_per_slot=2).hit_rate == pytest.approx(1 / 6)


def test_empty_half_hours_are_not_guessed_and_repeats_are_always_right() -> None:
    there = plan(0, 1)
    there[:, 1] = False
    told = guessability(np.array([there]), there)
    assert (told.hit_rate, told.repeated, told.guesses) == (1.0, 1.0, 1)


def test_mean_over_weeks_with_a_short_memory() -> None:
    weeks = np.array([plan(0), plan(0), plan(1), plan(1)])
    told = mean_guessability(weeks, memory=1)
    assert told.hit_rate == pytest.approx(2 / 3)
    assert (told.chance, told.repeated, told.guesses) == (0.25, 1.0, 3)


def test_faults_are_told() -> None:
    with pytest.raises(InputError):
        guessability(np.zeros((1, 2, 3), dtype=bool), np.zeros((2, 2), dtype=bool))
    with pytest.raises(InputError):
        mean_guessability(np.zeros((1, 2, 3), dtype=bool), memory=1)
