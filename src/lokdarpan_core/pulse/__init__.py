"""What is being said about a ward, and what changed."""
