"""What a session is worth, exercise by exercise: made after the finish, kept, and put into words.

``tracks`` makes movements of stored timelines, ``scoring`` has them analysed, ``services`` says
when, ``words`` says what was found, ``page`` and ``curves`` are what the report shows.
"""
