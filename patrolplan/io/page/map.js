// The map itself with its controls, and what is shown of it now.

const look = {
  hour: plan.first_hour,
  part: "all",
  byClass: [],
  crews: plan.crews.map(() => true),
  show: { need: true, spots: true, left: false, unseen: true, shut: true, routes: true, rides: true, stops: true, names: true },
  found: [],
  events: [],
  chosen: -1,
};

const map = L.map("map", { zoomSnap: 0.25, zoomDelta: 1, maxZoom: 20, minZoom: 8, attributionControl: false, zoomControl: false });
L.control.zoom({ position: "topright" }).addTo(map);
const North = L.Control.extend({
  onAdd: () => element("div", { class: "north", title: t("North is up"), role: "img", "aria-label": t("North is up") }, element("span", { text: "▲" }), element("b", { text: "N" })),
});
L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
new North({ position: "bottomleft" }).addTo(map);
L.control
  .attribution({ prefix: false, position: "bottomright" })
  .addAttribution('<a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener noreferrer">© OpenStreetMap contributors, ODbL</a>')
  .addTo(map);

// Popups keep clear of the zoom buttons and fit a phone.
function popupSize() {
  const widest = Math.min(320, map.getSize().x - 110);
  return { maxWidth: widest, minWidth: Math.min(220, widest), autoPanPaddingTopLeft: [20, 20], autoPanPaddingBottomRight: [58, 20] };
}
