"""The curator's desk: questions that the documents did not answer well."""
