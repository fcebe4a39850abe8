"""Kills: only under `make torture`, which says how many (KARPEA_TORTURE)."""

import os

collect_ignore_glob = [] if os.environ.get("KARPEA_TORTURE") else ["test_*.py"]
