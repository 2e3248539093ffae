"""A synthetic athlete: a skinned body doing exercises in a room, with exact ground truth.

Pure NumPy and OpenCV; only ``video`` writes files. Body space is metres with x to the athlete's
left, y up and z to the athlete's front; the floor is y = 0. ``camera`` turns it into pixels and
into the project's world landmarks (x right, y down, z negative towards the camera).
"""
