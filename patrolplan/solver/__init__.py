"""Numbers only: the routing problem, its score, and the search for good routes."""
