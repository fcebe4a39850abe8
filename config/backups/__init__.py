"""Backups that can be restored: made, sealed, kept for a while, checked, brought back."""
