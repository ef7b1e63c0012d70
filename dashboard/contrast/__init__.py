"""What the arguments of a group's jobs have in common that the arguments of succeeded jobs do not."""
