"""Who may look and who may act: users, their passwords, sessions and roles, and the ways in."""
