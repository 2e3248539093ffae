"""Faults that a trainer shows once, and that are then looked for in other sessions.

``measuring`` keeps how repetitions differ, ``teaching`` makes a fault of an interval, ``finding``
looks for it in the worker, ``page`` says what was found, ``admin`` lists what was taught.
"""
