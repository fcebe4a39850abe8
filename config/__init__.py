"""Wiring: settings, addresses, Celery, local services, error answers. Imports everything, is imported by nothing."""
