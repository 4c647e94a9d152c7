"""Shared set-up of the tests; being here also lets every test import ``towns``."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("repeatable")
