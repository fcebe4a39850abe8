"""Victims and their case files."""
