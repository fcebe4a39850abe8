"""A register that an office keeps today, as case files: read, matched, checked, imported, taken back."""
