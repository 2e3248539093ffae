"""The words of Shadow Mode, a module for each part of the page: key to sentence."""
