"""Sources of kind `rq`: RQ 1.16 to 3.0, read and moved by raw commands and scripts; RQ itself is never imported."""
