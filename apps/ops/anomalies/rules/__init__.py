"""One module for each thing that is looked for: pure functions over what is usual and what is."""
