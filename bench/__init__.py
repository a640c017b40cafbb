"""Palabre measured against its peers: ``bin/bench``; see docs/performance.md."""
