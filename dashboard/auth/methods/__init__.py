"""The ways in which a request proves who asks; one is added by adding its file, with `MODES` and `create`."""
