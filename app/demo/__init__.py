"""A small, believable world for a first look: ``bin/serve --demo``."""
