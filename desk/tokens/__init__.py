"""The pages on which administrators give out and revoke tokens for programs."""
