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
    # By expression: QGIS compares a field of days with an instant as text, and loses the last day.
    times.setMode(QgsVectorLayerTemporalProperties.ModeFeatureDateTimeStartAndEndFromExpressions)
    times.setStartExpression('to_datetime("valid_from")')
    times.setEndExpression("to_datetime(\"valid_to\") + to_interval('1 day')")
    context = QgsVectorLayerTemporalContext()
    context.setLayer(layer)

    def on(number: int) -> list[str]:
        begin = QDateTime(QDate(2020, 11, number), QTime(0, 0), Qt.UTC)
        shown = QgsDateTimeRange(begin, begin.addDays(1), True, False)
        condition = times.createFilterString(context, shown)
        return [
            f"{feature['id']} {feature['control_status']}"
            for feature in layer.getFeatures(QgsFeatureRequest().setFilterExpression(condition))
        ]

    seen = {
        "fields": {field.name(): field.typeName() for field in layer.fields()},
        "since": sorted(str(feature["since"]) for feature in layer.getFeatures()),
        "all": ids(QgsFeatureRequest()),
        "azerbaijan": ids(QgsFeatureRequest().setFilterExpression("actor = 'azerbaijan'")),
        "box": ids(QgsFeatureRequest(QgsRectangle(46.99, 39.98, 47, 39.99))),
        "days": {number: sorted(on(number)) for number in (9, 10, 24, 25, 30)},
        "names": sorted({feature["name"] for feature in layer.getFeatures()}),
    }
    print(json.dumps(seen))


main(sys.argv[1])
