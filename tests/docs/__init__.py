"""The README is whole, true, and its examples run."""
