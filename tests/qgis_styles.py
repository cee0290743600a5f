"""Run by QGIS's own Python: opens files with their styles, prints as JSON what it makes of them."""

import json
import sys

from qgis.core import (
    QgsApplication,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def looks(layer: QgsVectorLayer) -> dict[str, list[str]]:
    """Return the labels of the rules that each feature fits, by its id and its first day."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    rules = layer.renderer().rootRule().children()
    filters = [(rule.label(), QgsExpression(rule.filterExpression())) for rule in rules]
    fitting = {}
    for feature in layer.getFeatures():
        context.setFeature(feature)
        first = feature["valid_from"].toString("yyyy-MM-dd") if "valid_from" in names(layer) else ""
        fitting[f"{feature['id']}@{first}"] = [
            label for label, expression in filters if expression.evaluate(context)
        ]
        assert not any(expression.hasEvalError() for _, expression in filters)
    return fitting


def names(layer: QgsVectorLayer) -> list[str]:
    """Return the names of a layer's fields."""
    return [field.name() for field in layer.fields()]


def colours(layer: QgsVectorLayer) -> dict[str, int]:
    """Return how many pixels of each colour a picture of the layer has, where there are many."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setOutputSize(QSize(480, 360))
    settings.setBackgroundColor(QColor("white"))
    settings.setExtent(layer.extent())
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    counts: dict[str, int] = {}
    for x in range(image.width()):
        for y in range(image.height()):
            colour = QColor(image.pixel(x, y)).name()
            counts[colour] = counts.get(colour, 0) + 1
    return {colour: count for colour, count in counts.items() if count > 150}


def main(folder: str) -> None:
    """Print what QGIS makes of the files in a folder."""
    app = QgsApplication([], False)
    app.initQgis()
    day = QgsVectorLayer(f"{folder}/regions.gpkg|layername=regions", "day", "ogr")
    history = QgsVectorLayer(f"{folder}/history.gpkg|layername=history", "history", "ogr")
    opened = looks(history)
    history.loadDefaultStyle()
    times = history.temporalProperties()
    plain = QgsVectorLayer(f"{folder}/regions.geojson", "plain", "ogr")
    loaded = plain.loadNamedStyle(f"{folder}/style.qml")[1]
    seen = {
        "day": looks(day),
        "legend": [item.label() for item in day.renderer().legendSymbolItems()],
        "colours": colours(day),
        "history": opened,
        "times": [times.isActive(), times.startExpression(), times.endExpression()],
        "loaded": loaded,
        "plain": looks(plain),
    }
    seen["sld"] = plain.loadSldStyle(f"{folder}/style.sld")[1]
    seen["sld legend"] = [item.label() for item in plain.renderer().legendSymbolItems()]
    seen["sld looks"] = looks(plain)
    print(json.dumps(seen))


main(sys.argv[1])
