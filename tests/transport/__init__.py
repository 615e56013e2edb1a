"""Tests of what the transport promises: who sees a request, what leaves, what is read, and when it ends."""
