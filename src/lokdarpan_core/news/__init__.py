"""Articles: from a line of a file to the archive."""
