"""Timed foot-patrol routes from streets, offence history, busy places and problems residents name."""
