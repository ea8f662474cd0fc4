"""Results against independent implementations, and out of and back into files."""
