"""Walked patrols: tracks and ticks held against the plan that was issued."""
