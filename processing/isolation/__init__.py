"""Stages in a process of their own, so that no video can harm the worker.

A codec's crash, a hang in native code or a hunger for memory ends the *stage
process*; the worker that waits for it sees how it ended, goes on, and starts
another. The stage process knows neither Django nor the database: it is given
paths and options, and says how far it is and what came of it.
"""
