// Puts the page together: layers, markers, what each control does, and the first look.

const layers = {};
[
  ["left", 405, hotSpotPainter((spot) => !spot.visits, "left-rim", "left-fill")],
  ["spots", 410, hotSpotPainter((spot) => spot.visits, "spot-rim", "spot-fill")],
  ["base", 415, paintBase],
  ["unseen", 418, paintUnseen],
  ["need", 420, needPainter(look)],
  ["found", 425, paintFound(look)],
  ["shut", 428, paintShut],
  ["rides", 429, paintRides(look)],
  ["routes", 430, routePainter(look)],
  ["names", 440, paintNames],
].forEach(([name, order, paint]) => {
  const pane = map.createPane(name);
  pane.style.zIndex = order;
  pane.style.pointerEvents = "none";
  layers[name] = new CanvasLayer(name, paint);
});

const stops = L.layerGroup();
const leftMarkers = L.layerGroup();
const markerOfEvent = new Map();

function placeMarkers() {
  stops.clearLayers();
  markerOfEvent.clear();
  for (const indices of places(look)) {
    const marker = markerOf(indices, (all) => eventPopup(all, look)).addTo(stops);
    indices.forEach((index) => markerOfEvent.set(index, marker));
    marker.on("popupopen popupclose", ({ type }) => markRows(indices, type === "popupopen"));
  }
  for (const from of stationsOfRides(look)) {
    const sign = element("span", { class: "badges" }, element("span", { class: "badge plain" }, icon("start")));
    const html = L.divIcon({ className: "place", iconSize: [0, 0], html: sign });
    L.marker(from.at, { icon: html, title: from.station }).bindPopup(() => stationPopup(from), popupSize()).addTo(stops);
  }
  standApart();
}

// Stations come last: they are known, stops are looked for.
function standApart() {
  if (!look.show.stops || !map.hasLayer(stops)) return;
  const ranked = stops.getLayers().sort((a, b) => b.options.zIndexOffset - a.options.zIndexOffset);
  spread(ranked);
}

// The row chosen, or else all rows of the place whose popup is open, and their walks; others fade.
function markRows(indices, on) {
  const marked = indices.includes(look.chosen) ? [look.chosen] : indices;
  look.events = on ? marked : [];
  if (!on) look.chosen = -1;
  layers.routes.repaint();
  document.querySelectorAll("tr.here").forEach((row) => row.classList.remove("here"));
  const rows = marked.map((index) => document.querySelector(`tr[data-event="${index}"]`));
  rows.forEach((row) => row.classList.toggle("here", on));
  if (on && getComputedStyle(byId("panel")).overflowY === "auto") rows[0].scrollIntoView({ block: "nearest" });
}

function placeUnserved() {
  plan.unserved.forEach((row) => {
    const icon = L.divIcon({ className: "place", iconSize: [0, 0], html: element("span", { class: "badges" }, element("span", { class: "badge ring" })) });
    L.marker(row.at, { icon, title: row.label }).bindPopup(() => unservedPopup(row), popupSize()).addTo(leftMarkers);
  });
}

function showLayer(name, on) {
  look.show[name] = on;
  const shown = name === "stops" ? [stops] : name === "left" ? [leftMarkers, layers.left] : [layers[name]];
  for (const layer of shown) {
    if (on) layer.addTo(map);
    else layer.remove();
  }
  if (name === "stops" && on) standApart();
}

function repaint() {
  for (const layer of Object.values(layers)) layer.repaint();
  paintWeek();
}

// What the panel's controls do.

const actions = {
  showLayer,

  showCrew(crew, on) {
    look.crews[crew] = on;
    placeWalkers();
    layers.routes.repaint();
    layers.rides.repaint();
    placeMarkers();
  },

  showRoute(crew) {
    const own = legs.rows.flatMap((leg, i) => (leg.crew === crew ? [i] : []));
    fit(boundsOf(legs, own));
    toMap();
  },

  showEvent(index) {
    const event = plan.events[index];
    if (!look.crews[event.crew]) {
      const box = document.querySelectorAll("#crews .crew > input")[event.crew];
      box.checked = true;
      actions.showCrew(event.crew, true);
    }
    if (!look.show.stops) tick("stops");
    map.closePopup();
    look.chosen = index;
    open(markerOfEvent.get(index));
  },

  showUnserved(index) {
    if (!look.show.left) tick("left");
    open(leftMarkers.getLayers()[index]);
  },

  showFound(thing) {
    look.found = [];
    if (thing && thing.spot !== undefined) look.found = plan.hot_spots[thing.spot].segments;
    else if (thing) look.found = allStreets.filter((i) => streets.name[i] === thing.street);
    layers.found.repaint();
    if (thing) fit(boundsOf(streets, look.found));
    if (thing) toMap();
  },
};

function tick(layer) {
  byId(`layer-${layer}`).checked = true;
  showLayer(layer, true);
}

// On a phone the map lies above the panel: bring it into view.
function toMap() {
  const box = byId("map").getBoundingClientRect();
  if (box.bottom < 80 || box.top > window.innerHeight - 80) byId("stage").scrollIntoView();
}

function open(marker) {
  toMap();
  map.setView(marker.getLatLng(), Math.max(map.getZoom(), 16), { animate: false });
  marker.openPopup();
}

function fit(bounds) {
  if (bounds) map.fitBounds(bounds, { padding: [36, 36], maxZoom: 17, animate: !quiet() });
}

function quiet() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// A click on the map itself: the route under it, or else the street.
map.on("click", ({ latlng }) => {
  const [x, y] = [worldX(latlng.lng), worldY(latlng.lat)];
  const within = 10 / 2 ** map.getZoom();
  const shown = legs.rows.flatMap((leg, i) => (look.show.routes && look.crews[leg.crew] ? [i] : []));
  const street = nearestLine(streets, allStreets, x, y, within);
  const leg = nearestLine(legs, shown, x, y, 0.8 * within);
  if (street < 0 && leg < 0) return;
  const content = element("div", {}, leg < 0 ? "" : legPopup(legs.rows[leg]), street < 0 ? "" : streetPopup(street, look));
  L.popup(popupSize()).setLatLng(latlng).setContent(content).openOn(map);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") map.closePopup();
});

map.on("zoomend", () => {
  byId("map").classList.toggle("far", map.getZoom() < 15.5);
  standApart();
});

const hint = L.tooltip({ direction: "top", offset: [0, -8], className: "hint" });
let pointer = null;

map.on("mousemove", ({ latlng }) => {
  if (!window.matchMedia("(hover: hover)").matches) return;
  if (!pointer) requestAnimationFrame(showHint);
  pointer = latlng;
});
map.on("mouseout movestart", () => hint.remove());

function showHint() {
  const latlng = pointer;
  pointer = null;
  const street = nearestLine(streets, allStreets, worldX(latlng.lng), worldY(latlng.lat), 7 / 2 ** map.getZoom());
  const name = street < 0 ? "" : calledStreet(street);
  if (!name) hint.remove();
  else hint.setContent(element("span", { name })).setLatLng(latlng).addTo(map);
}

window.addEventListener("beforeprint", beforePrint);
window.addEventListener("afterprint", afterPrint);
byId("print").addEventListener("click", () => window.print());
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
new ResizeObserver(() => {
  map.invalidateSize({ animate: false });
  paintWeek();
}).observe(byId("map"));

fillHead();
fillCrews(look, actions);
fillLayers(look, actions);
fillUnserved(actions);
fillSearch(actions);
wireHours();
const bounds = boundsOf(legs, legs.rows.keys()) || boundsOf(streets, allStreets);
if (bounds) map.fitBounds(bounds, { padding: [28, 28], maxZoom: 17 });
else map.setView([0, 0], 2);
layers.base.addTo(map);
layers.found.addTo(map);
showNeed(look.hour, look.part);
placeMarkers();
placeUnserved();
for (const [name, on] of Object.entries(look.show)) showLayer(name, on);
wireClock();
document.documentElement.dataset.ready = "true";
