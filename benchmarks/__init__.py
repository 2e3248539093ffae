"""Speed and memory, measured as ratios in one run. Nothing here is asserted by a test."""
