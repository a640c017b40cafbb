"""Demonstration data for a first look: ``bin/serve --demo``."""
