"""Whether a sentence says the opposite of what its source says in nearly the same words.

Compared are denials with what they deny, what is required, allowed and forbidden, pairs of
opposites, and numbers with unit and bound: the lexical features that find most contradictions of
"Finding Contradictions in Text" (de Marneffe, Rafferty and Manning, ACL 2008). Who does what to
whom is not read, nor what follows only from knowing the world.
"""
