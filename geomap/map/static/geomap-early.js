/* geomap: in a page that links to its scripts they run in their order once the page is parsed, this one
 * while Leaflet is still on its way. Where all is inside the document, the figure is not there yet. */
(function () {
  "use strict";
  if (document.readyState === "interactive" && document.querySelector("figure.gm")) geomap.prepare();
})();
