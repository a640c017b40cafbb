"""The peers in Python; they run in an environment of their own, apart from the application's."""
