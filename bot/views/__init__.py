"""Slack out: pure functions (facts, reader) → blocks. No client, no session, no clock."""
