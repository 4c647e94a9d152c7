"""An issued plan mended in the middle of a shift."""
