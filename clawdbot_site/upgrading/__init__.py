"""From one version of the program to the next: what a migration may do, who runs it, and back."""
