"""Judge need and plans by what happened after: back-tests, baselines, settings, simulations."""
