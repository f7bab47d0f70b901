"""What a model process may touch: its model, the libraries, its port. Nothing else."""
