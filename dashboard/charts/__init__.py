"""Charts as SVG, drawn on the server: classes only, so the style sheet themes them and no inline style is needed."""

from __future__ import annotations

from flask import Flask

from dashboard.charts.figure import figure
from dashboard.charts.small import meter, share_bar, spark


def register(app: Flask) -> None:
    """Make the charts known to templates."""
    app.jinja_env.globals.update(spark=spark, figure=figure, meter=meter, share_bar=share_bar)
