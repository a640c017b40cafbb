"""The peers in Python, which run in an environment separate from the application's."""
