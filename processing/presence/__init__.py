"""Which workers live. One table in the public schema: workers are shared by all trainers."""
