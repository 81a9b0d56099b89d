"""Results turned into figures, pages and terminal text."""
