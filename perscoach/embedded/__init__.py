"""PostgreSQL and Valkey out of Python wheels, for a machine where nothing is installed.

They are ordinary server processes on the loopback interface, with a password
each, on ports of their own choosing, so they neither need nor disturb servers
that are already there. They live exactly as long as the process that starts
them, even if that is killed outright.
"""
