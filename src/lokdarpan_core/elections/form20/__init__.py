"""Form 20, the official result sheet of an assembly segment: votes by polling station and candidate."""
