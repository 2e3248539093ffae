"""Exercises, workouts and homework in the studio."""

from exercises.admin.assignment import AssignmentAdmin
from exercises.admin.exercise import ExerciseAdmin
from exercises.admin.workout import WorkoutAdmin

__all__ = ["AssignmentAdmin", "ExerciseAdmin", "WorkoutAdmin"]
