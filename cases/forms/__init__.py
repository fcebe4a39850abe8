"""What people type about a file, checked. Nothing here saves."""
