/* geomap: a shape's change from one look to the next. Patterns cannot be blended, so a copy in the old
 * look lies on the shape and fades out. */
(function () {
  "use strict";
  const {paint} = geomap.tools;

  const FADE = 400; // milliseconds
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const leaving = new WeakMap(); // the copy that lies on a shape

  function repaint(shape, number) {
    leaving.get(shape)?.remove();
    if (calm.matches || document.hidden || !shape.style.fill) return paint(shape, number);
    const old = shape.cloneNode();
    for (const name of ["id", "tabindex", "role", "aria-label", "aria-haspopup"]) old.removeAttribute(name);
    old.setAttribute("aria-hidden", "true");
    old.setAttribute("class", "gm-fading");
    shape.after(old);
    leaving.set(shape, old);
    paint(shape, number);
    shape.animate([{opacity: 0}, {opacity: 1}], FADE);
    old.animate([{opacity: 1}, {opacity: 0}], FADE).onfinish = () => old.remove();
  }

  Object.assign(geomap.tools, {repaint});
})();
