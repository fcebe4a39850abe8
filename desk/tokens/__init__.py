"""The pages on which administrators offer and revoke tokens for programs, and people accept and end their own."""
