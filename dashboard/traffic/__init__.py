"""What the charts of the overview and of a queue show, out of the history."""
