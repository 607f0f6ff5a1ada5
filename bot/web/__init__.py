"""The second surface: HTTP. Slack's requests where it posts them to us, and the health of it all."""
