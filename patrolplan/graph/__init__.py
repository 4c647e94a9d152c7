"""Streets: the walkable network, snapping to it, and walking on it."""
