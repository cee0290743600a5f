"""What each bounded process needs: loaded once, before they are started."""

import geomap.api
import geomap.build
import geomap.desk.checking
import geomap.formats
import geomap.web  # noqa: F401
