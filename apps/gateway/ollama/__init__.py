"""Ollama's protocol: chat, generate, embed, and what tells of models."""
