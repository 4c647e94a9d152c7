// Print in light colours with the routes in view, then back to how it was. On paper all canvases
// become one of higher density: Chromium prints only the topmost of several.
const ON_PAPER = ["left", "spots", "base", "unseen", "need", "found", "shut", "routes", "names"];
map.createPane("paper").style.zIndex = 425;
const paper = new CanvasLayer(
  "paper",
  (context, view) => ON_PAPER.filter((name) => look.show[name] !== false).forEach((name) => layers[name].paint(context, view)),
  { padding: 0, density: 3 },
);
let before = null;

function beforePrint() {
  before = { centre: map.getCenter(), zoom: map.getZoom() };
  document.documentElement.classList.add("printing");
  map.invalidateSize({ animate: false, pan: false });
  map.fitBounds(boundsOf(legs, legs.rows.keys()) || boundsOf(streets, allStreets), { animate: false, padding: [12, 12] });
  Object.values(layers).forEach((layer) => layer.remove());
  paper.addTo(map);
}

function afterPrint() {
  document.documentElement.classList.remove("printing");
  map.invalidateSize({ animate: false, pan: false });
  if (before) map.setView(before.centre, before.zoom, { animate: false });
  paper.remove();
  ON_PAPER.filter((name) => look.show[name] !== false).forEach((name) => layers[name].addTo(map));
  paintWeek();
}
