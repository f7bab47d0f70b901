"""“Why not this document?”: at which stage a document falls out of the answer to a question."""
