"""Who is kept away from a file: exclusions and conflicts of interest, and their review by somebody else."""
