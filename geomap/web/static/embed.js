/* On a newsroom's page: fits the height of every <iframe data-geomap>, also of those in open shadow
 * roots. A message counts only if it comes from the window of such a frame, and only as a height
 * within bounds. */
(function () {
  "use strict";

  const LOWEST = 200, HIGHEST = 1000;

  function frames(root = document) {
    const hosts = [...root.querySelectorAll("*")].filter((node) => node.shadowRoot);
    return [...root.querySelectorAll("iframe[data-geomap]"), ...hosts.flatMap((node) => frames(node.shadowRoot))];
  }

  addEventListener("message", (event) => {
    const message = event.data;
    if (!message || message.type !== "geomap:height" || !Number.isFinite(message.height)) return;
    for (const frame of frames()) {
      if (frame.contentWindow !== event.source) continue;
      const height = Math.min(Math.max(Math.round(message.height), LOWEST), HIGHEST);
      frame.style.aspectRatio = "auto";
      frame.style.minHeight = "0";
      frame.style.maxHeight = "none";
      frame.style.height = height + "px";
    }
  });

  // A map that was there before this script has told its height to nobody: it is asked again.
  const ask = () => frames().forEach((frame) => frame.contentWindow.postMessage({type: "geomap:ask"}, "*"));
  ask();
  addEventListener("load", ask);
})();
