"""How the built-in engine reads: sentences, terms, what a question asks for, answer spans."""
