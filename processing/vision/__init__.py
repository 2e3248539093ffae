"""Pictures as arrays: colour, mattes, compositing, what codecs are told. Pure; no files."""
