# Palabre's gunicorn settings, for an application that has no database to open.
import sys
from pathlib import Path
from types import ModuleType

exec(Path("gunicorn.conf.py").read_text())
del post_worker_init  # noqa: F821  # defined by the line above

# The transport needs nothing of the application: with its package left empty, a server starts and
# ends in a fraction of a second, and an import in the wrong direction fails here.
package = sys.modules["app"] = ModuleType("app")
package.__path__ = [str(Path("app").resolve())]
