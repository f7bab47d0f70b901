"""What stands above the reference of the REST API, for who opens it first (Markdown)."""

API_DESCRIPTION = """Ask your company's documents from your own systems.

**Sign in** with `Authorization: Bearer KEY`. An administrator makes keys, or
`clawdbot key create NAME --user USER`; a key sees what its user may read. Press *Authorize*, paste
a key, and every call below can be tried on this page.

    curl -s ADDRESS/api/v1/ask/ -H "Authorization: Bearer KEY" \\
         -H "Content-Type: application/json" -d '{"question": "Who signs travel requests?"}'

**Errors** are `{"error": {"code", "message", "details"}}`: `code` is stable, `message` says what to
do, `details` names the fields. 429 and 503 come with `Retry-After` in seconds.

**Lists** are pages of 50: `?page=2&page_size=100`, at most 200. **Writing twice** is safe with an
`Idempotency-Key`. **Ids** are UUIDs. What you may not read is 404, as if it did not exist.

Programs that speak OpenAI's, Anthropic's or Ollama's protocol use `/v1/` and `/api/chat` instead,
with the same key; the model `kb` is your documents.
"""
