/* The block "geomap map" in WordPress's editor. What it puts on the page is made in PHP. */
(function (wp) {
  "use strict";

  const {blocks, element, blockEditor, components, i18n, serverSideRender: Preview} = wp;
  const {createElement: el} = element;
  const {__} = i18n;
  const field = (props, name, label, more) => el(components.TextControl, {
    key: name, label, value: props.attributes[name] || "",
    onChange: (value) => props.setAttributes({[name]: value}), ...more,
  });
  const choice = (props, name, label, options) => el(components.SelectControl, {
    key: name, label, value: props.attributes[name] || "",
    options: options.map(([value, text]) => ({value, label: text})),
    onChange: (value) => props.setAttributes({[name]: value}),
  });

  blocks.registerBlockType("geomap/map", {
    apiVersion: 2,
    title: __("Map of a geomap site", "geomap-embed"),
    icon: "location-alt",
    category: "embed",
    attributes: Object.fromEntries(["url", "title", "date", "lang", "theme", "mode"]
      .map((name) => [name, {type: "string"}])),
    supports: {align: ["wide", "full"], html: false},
    edit(props) {
      const {url} = props.attributes;
      return el("div", blockEditor.useBlockProps(),
        el(blockEditor.InspectorControls, {}, el(components.PanelBody, {title: __("Map", "geomap-embed")},
          field(props, "title", __("Title", "geomap-embed")),
          field(props, "date", __("Day, such as 2020-11-20, or latest", "geomap-embed")),
          field(props, "lang", __("Language, such as en", "geomap-embed")),
          choice(props, "theme", __("Colours", "geomap-embed"), [
            ["", __("Light", "geomap-embed")], ["dark", __("Dark", "geomap-embed")],
            ["auto", __("As the reader's system", "geomap-embed")],
          ]),
          choice(props, "mode", __("Kind", "geomap-embed"), [
            ["", __("Map", "geomap-embed")], ["story", __("Story", "geomap-embed")],
            ["compare", __("Two days compared", "geomap-embed")],
          ]))),
        field(props, "url", __("Address of the map", "geomap-embed"), {type: "url"}),
        url && el(Preview, {block: "geomap/map", attributes: props.attributes}));
    },
    save: () => null,
  });
})(window.wp);
