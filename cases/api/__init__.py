"""Case files for machines: the same rule, the same reads on the trail."""
