"""From a soft, coarse mask to a matte: only the trainer, the picture's edges, no flicker.

Every alpha here is straight: it says how much of a pixel the person covers, and multiplies no
colour. 0 is room, 255 is trainer.
"""

from processing.vision.matting.engine import BodyMatting
from processing.vision.matting.refinement import refine
from processing.vision.matting.selection import body_scale, keep_person
from processing.vision.matting.steadying import Memory, steady

__all__ = ["BodyMatting", "Memory", "body_scale", "keep_person", "refine", "steady"]
