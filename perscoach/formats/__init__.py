"""Formats of dates and numbers where Django's own will not do."""
