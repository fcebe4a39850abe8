"""Pages to run the place, and those of one's own account. Each makes one call into the domain."""
