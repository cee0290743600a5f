/* <geomap-embed src="https://maps.example.org/handover-2020/" date lang theme mode>: the map as an
 * element. It makes one iframe, of the site that `src` names, and sets its height as the map asks.
 * What stands inside the element is shown until the element is defined, and where it never is. */
(function () {
  "use strict";

  const TAKES = ["date", "known", "sources", "lang", "theme", "controls", "mode", "dates"];
  const LOWEST = 200, HIGHEST = 1000;
  const STYLE = {
    display: "block", width: "100%", height: "auto", aspectRatio: "16/13", minHeight: "460px", maxHeight: "760px",
    margin: "0 auto", border: "0",
  };
  const SHOWN = {theme: "light"};

  class GeomapEmbed extends HTMLElement {
    static observedAttributes = ["src", "title", ...TAKES];

    constructor() {
      super();
      this.attachShadow({mode: "open"});
      this.hear = (event) => this.fit(event);
    }

    connectedCallback() {
      if (!this.style.display) this.style.display = "block";
      addEventListener("message", this.hear);
      this.show();
    }

    disconnectedCallback() {
      removeEventListener("message", this.hear);
      this.shadowRoot.replaceChildren();
      this.frame = null;
    }

    attributeChangedCallback() {
      if (this.isConnected) this.show();
    }

    /* The address of the frame, "" where `src` is no address of a map. */
    get address() {
      let url;
      try {
        url = new URL(this.getAttribute("src") || "", document.baseURI);
      } catch (error) {
        return "";
      }
      if (!this.getAttribute("src") || !/^https?:$/.test(url.protocol)) return "";
      url.pathname = url.pathname.replace(/\/(embed)?$/, "") + "/embed";
      for (const name of TAKES) {
        const value = this.getAttribute(name) || url.searchParams.get(name) || SHOWN[name];
        if (value) url.searchParams.set(name, value);
      }
      url.hash = "";
      return url.href.replace(/%2C/g, ",");
    }

    show() {
      const {address} = this;
      if (!address) {
        // What stands inside the element is all there is to show.
        this.shadowRoot.replaceChildren(document.createElement("slot"));
        this.frame = null;
        return;
      }
      if (!this.frame) {
        this.frame = document.createElement("iframe");
        this.frame.allowFullscreen = true;
        this.frame.loading = "lazy";
        Object.assign(this.frame.style, STYLE);
        this.shadowRoot.replaceChildren(this.frame);
      }
      this.frame.title = this.getAttribute("title") || this.textContent.trim() || "Map";
      if (this.frame.src !== address) this.frame.src = address;
    }

    fit({source, data}) {
      if (!this.frame || source !== this.frame.contentWindow) return;
      if (!data || data.type !== "geomap:height" || !Number.isFinite(data.height)) return;
      const height = Math.min(Math.max(Math.round(data.height), LOWEST), HIGHEST);
      Object.assign(this.frame.style, {aspectRatio: "auto", minHeight: "0", maxHeight: "none", height: height + "px"});
    }
  }

  // Each of them is a property, too, as frameworks set them.
  for (const name of ["src", ...TAKES]) {
    Object.defineProperty(GeomapEmbed.prototype, name, {
      get() { return this.getAttribute(name) || ""; },
      set(value) {
        if (value === null || value === undefined || value === "") this.removeAttribute(name);
        else this.setAttribute(name, value);
      },
    });
  }

  if (!customElements.get("geomap-embed")) customElements.define("geomap-embed", GeomapEmbed);
})();
