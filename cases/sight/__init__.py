"""Who sees a file and why; sharing it by name; making it visible to named people only, and the way back."""
