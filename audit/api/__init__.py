"""The trail for programs of those who may read it."""
