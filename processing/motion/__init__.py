"""Poses as arrays: skeleton, alignment, score. Pure functions; no files, settings or logging."""
