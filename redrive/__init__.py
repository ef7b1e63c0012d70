"""What an application uses to tell Redrive more; the dashboard is in `dashboard`, the queue library in `queue_core`."""
