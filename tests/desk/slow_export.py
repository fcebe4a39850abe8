"""The project's settings for a worker of a test that is killed while it makes an export."""

from config.settings import *  # noqa: F403

EXPORTERS = {"TRAIL": "tests.desk.slow.Slow"}
