"""Unattended work: many communities at once, and the proof afterwards of how a result came about."""
