"""How values show themselves: in a notebook, as figures, as a page in a frame."""
