"""OpenAI's protocol: chat completions, completions, models, embeddings; and rerank."""
