"""What changes, for programs that follow it: an Atom feed of claims, a calendar of handovers.

Both are walked out of the ledger's own history (`changes`): no clock but the days on which sources
were published, and claims added or withdrawn, so the same ledger gives the same bytes.
"""

from geomap.core.history import Change, changes
from geomap.feeds.atom import ATOM, atom_feed
from geomap.feeds.calendar import CALENDAR, handover_calendar
from geomap.feeds.export import FEEDS, export_feed

__all__ = [
    "ATOM",
    "CALENDAR",
    "FEEDS",
    "Change",
    "atom_feed",
    "changes",
    "export_feed",
    "handover_calendar",
]
