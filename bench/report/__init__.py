"""Reports of the results: tables, drawings and docs/performance.md."""
