"""What is unusual among requests: found by rules and robust statistics, told, acted on."""
