# Palabre's gunicorn settings, for an application that has no database to open.
from pathlib import Path

exec(Path("gunicorn.conf.py").read_text())
del post_worker_init  # noqa: F821  # defined by the line above
