"""What things cost, each against its base in the same run. `make bench`; the figures stand in docs/benchmarks.md."""
