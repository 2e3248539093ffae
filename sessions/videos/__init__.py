"""Videos that somebody uploads to have them judged by an exercise, or by another video."""
