"""BlazePose on LiteRT: a person's landmarks and mask, picture by picture.

The two networks of a `pose_landmarker_*.task` bundle, run as MediaPipe's graphs run them
(`mediapipe/tasks/cc/vision/pose_detector` and `pose_landmarker`), at two thirds of the CPU time of
MediaPipe's own task. A detector finds people on the whole picture; the landmark network looks at a
square around one of them and also says where the square of the next picture lies, so the detector
is asked only at the start and when the person was lost.

Two things differ on purpose. MediaPipe smooths landmarks and visibility in video mode, which makes
them late; here nothing is smoothed, since whoever has the whole take can smooth without delay. And
where the person was lost, the detector is asked on that very picture, not only on the next.

References: Bazarevsky et al. 2020, "BlazePose: On-device Real-time Body Pose tracking",
arXiv:2006.10204; Grishchenko et al. 2022, "BlazePose GHUM Holistic", arXiv:2206.11678.
"""

from processing.vision.blazepose.detector import PersonDetector
from processing.vision.blazepose.people import Person
from processing.vision.blazepose.roi import Roi, mask_in_picture
from processing.vision.blazepose.tracker import Detection, PoseTracker

__all__ = ["Detection", "Person", "PersonDetector", "PoseTracker", "Roi", "mask_in_picture"]
