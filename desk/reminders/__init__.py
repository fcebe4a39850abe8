"""What is due, who is told of it, and by which way."""
