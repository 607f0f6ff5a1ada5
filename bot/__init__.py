"""Everything people touch: Slack, HTTP, reminders. Rules live in `core`."""
