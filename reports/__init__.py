"""Figures, my work, overviews. Reads everything below, is read by nobody."""
