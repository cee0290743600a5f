/* A map that no site serves has no folder of pictures for the markers that are added to it. */
(function () {
  "use strict";

  const picture = (inside) => "svg+xml," + encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="25" height="41" viewBox="0 0 25 41">${inside}</svg>`);
  const pin = picture('<path d="M12.5 40C10 30 1 22 1 12.500a11.500 11.500 0 0 1 23 0C24 22 15 30 12.500 40z"'
    + ' fill="#5b6673" stroke="#fff" stroke-width="1.500"/><circle cx="12.500" cy="12.500" r="4.500" fill="#fff"/>');
  L.Icon.Default.imagePath = "data:image/";
  L.Icon.Default.mergeOptions({iconUrl: pin, iconRetinaUrl: pin, shadowUrl: picture("")});
})();
