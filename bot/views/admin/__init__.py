"""What admins see and fill in: one file for each thing that they see to, as in `bot.listeners.admin`."""
