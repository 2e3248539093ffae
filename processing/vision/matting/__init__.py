"""From a soft, coarse mask to a matte: only the trainer, the picture's edges, no flicker.

The pose model says for 256 by 256 pixels how likely each shows the person. From there
(`engine.BodyMatting`), picture by picture as they come:

1. `bridging`: a person lost for a moment is put back between two detections.
2. `selection`: only what the trainer's skeleton runs through stays.
3. `motion`: the mask is averaged with its neighbours in time along dense optical flow.
4. `evidence`: what the picture says itself corrects it: the room that was seen before where the
   camera stands still, and colours that are only the trainer's or only the room's.
5. `edges`: a guided filter moves the outline to the picture's own edges, at full size.

All but the last step of 5 happens on a `grid` that has about as many pixels of the person as the
model's mask, whatever the picture's size. Nothing is normalised over a picture, so nothing flickers
with what else is in it; all that is remembered goes at a cut.

Every alpha here is straight: it says how much of a pixel the person covers, and multiplies no
colour. 0 is room, 255 is trainer. What colour an edge pixel's own share of the person has is
`processing.vision.composite`'s business.
"""

from processing.vision.matting.engine import BodyMatting
from processing.vision.matting.selection import body_scale, keep_person

__all__ = ["BodyMatting", "body_scale", "keep_person"]
