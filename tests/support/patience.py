"""How long a test waits for a condition. Only what is broken takes this long.

The bound promises nothing: a machine that builds, serves and drives browsers at once may be slow. A test of
a time that `docs/guarantees.md` promises states that time itself.
"""

from __future__ import annotations

PATIENCE_SECONDS = 60.0
PATIENCE_MS = PATIENCE_SECONDS * 1000
