"""People, agencies, places and rights."""
