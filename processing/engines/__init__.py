"""Models the platform can use for matting, grading and pose, each behind one contract a job.

:mod:`processing.engines.contract` says what an engine of each job does,
:mod:`processing.engines.registry` lists them, says which can run here, and opens one. Nothing in
this package knows Django, and importing it loads no model and no inference library.
"""
