"""A client's course over weeks: ``slope`` says what is clear, ``rows`` reads, ``course`` puts
together, ``chart`` draws, ``page`` and ``friendly`` say it to the trainer and to the client."""
