"""Lets these tests use the invented plan of the writers' tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "io"))
