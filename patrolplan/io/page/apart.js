// Markers that would hide each other stand aside, each with a line to its place.

const GAP = 2;
const RINGS = [0, 16, 26, 38, 52];

function spread(markers) {
  const far = map.getZoom() < 15.5 ? 0.82 : 1;
  const boxes = markers.map((marker) => marker.getElement().querySelector(".badges"));
  // All sizes first, then all changes: the page is laid out once.
  const sizes = boxes.map((box) => [(box.offsetWidth * far) / 2 + GAP, (box.offsetHeight * far) / 2 + GAP]);
  const taken = [];
  markers.forEach((marker, i) => {
    const at = map.latLngToLayerPoint(marker.getLatLng());
    const [dx, dy] = freePlace(at, sizes[i], taken);
    taken.push([at.x + dx, at.y + dy, ...sizes[i]]);
    boxes[i].style.setProperty("--dx", `${dx}px`);
    boxes[i].style.setProperty("--dy", `${dy}px`);
    lead(marker.getElement(), dx, dy);
  });
}

function freePlace(at, [halfWide, halfTall], taken) {
  for (const ring of RINGS) {
    for (let turn = 0; turn < (ring ? 12 : 1); turn++) {
      const angle = (turn * Math.PI) / 6 + Math.PI / 4;
      const dx = ring && (ring + Math.max(0, halfWide - halfTall)) * Math.cos(angle);
      const dy = ring && ring * Math.sin(angle);
      const hit = ([x, y, wide, tall]) => Math.abs(at.x + dx - x) < halfWide + wide && Math.abs(at.y + dy - y) < halfTall + tall;
      if (!taken.some(hit)) return [dx, dy];
    }
  }
  return [0, 0];
}

function lead(place, dx, dy) {
  let line = place.querySelector(".lead");
  if (!line) place.prepend((line = element("span", { class: "lead" })));
  line.style.width = `${Math.hypot(dx, dy)}px`;
  line.style.transform = `rotate(${Math.atan2(dy, dx)}rad)`;
}
