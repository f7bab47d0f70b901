"""The processes of this node: what they are, and the supervisor that keeps them running."""
