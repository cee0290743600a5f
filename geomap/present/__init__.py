"""What is shown on a day and through a period, once, as typed values that every output paints."""

from geomap.present.build import MOST_MAPPED, day_view, view
from geomap.present.payload import payload
from geomap.present.selection import Selection, select
from geomap.present.views import DayView, View

__all__ = ["MOST_MAPPED", "DayView", "Selection", "View", "day_view", "payload", "select", "view"]
