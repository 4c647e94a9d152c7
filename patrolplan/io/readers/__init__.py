"""Readers of tables: each turns one sort of file into cells as text, in bounded time and memory."""
