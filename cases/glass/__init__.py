"""Break-glass: one file beyond one's reach, in an emergency, for some hours, under the eyes of others."""
