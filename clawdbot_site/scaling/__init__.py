"""More or fewer processes, by whatever runs them: the supervisor, compose or Kubernetes."""
