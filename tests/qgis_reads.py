"""Run by QGIS's own Python: opens the service as a layer, prints as JSON what it sees."""

import json
import sys

from qgis.core import (
    QgsApplication,
    QgsDateTimeRange,
    QgsFeatureRequest,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorLayerTemporalContext,
    QgsVectorLayerTemporalProperties,
)
from qgis.PyQt.QtCore import QDate, QDateTime, Qt, QTime


def main(url: str) -> None:
    """Print a summary of the layer."""
    app = QgsApplication([], False)
    app.initQgis()
    source = f"typename='handover-2020.regions' url='{url}'"
    layer = QgsVectorLayer(source, "regions", "OAPIF")
    assert layer.isValid(), layer.error().message()

    def ids(request: QgsFeatureRequest) -> list[str]:
        return sorted(feature["id"] for feature in layer.getFeatures(request))

    times = layer.temporalProperties()
    times.setIsActive(True)
    times.setMode(QgsVectorLayerTemporalProperties.ModeFeatureDateTimeStartAndEndFromFields)
    times.setStartField("valid_from")
    times.setEndField("valid_to")
    context = QgsVectorLayerTemporalContext()
    context.setLayer(layer)
    day = QDateTime(QDate(2020, 11, 30), QTime(0, 0), Qt.UTC)
    on_day = times.createFilterString(context, QgsDateTimeRange(day, day))
    found = {
        "fields": {field.name(): field.typeName() for field in layer.fields()},
        "since": sorted(str(feature["since"]) for feature in layer.getFeatures()),
        "all": ids(QgsFeatureRequest()),
        "azerbaijan": ids(QgsFeatureRequest().setFilterExpression("actor = 'azerbaijan'")),
        "box": ids(QgsFeatureRequest(QgsRectangle(46.99, 39.98, 47, 39.99))),
        "day": ids(QgsFeatureRequest().setFilterExpression(on_day)),
        "names": sorted({feature["name"] for feature in layer.getFeatures()}),
    }
    print(json.dumps(found))


main(sys.argv[1])
