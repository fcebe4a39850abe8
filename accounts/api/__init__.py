"""What every address for programs shares: bodies, preconditions; agencies and code lists."""
