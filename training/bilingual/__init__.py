"""How the bilingual embedder and the reader are trained (see training/README.md)."""
