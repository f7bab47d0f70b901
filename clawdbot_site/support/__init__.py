"""What somebody who helps needs to see of an installation, and nothing of what it knows."""
