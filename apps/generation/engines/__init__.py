"""The engines that write answers."""
