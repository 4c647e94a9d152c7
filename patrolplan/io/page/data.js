// Reads the packed plan back: numbers, lines in world pixels of zoom 0, small helpers for the page.

const plan = JSON.parse(document.getElementById("plan-data").textContent);
const SCALE = 1e6;
const HOURS = 168;
const DAYS = plan.days;
const LONG_DAYS = plan.long_days;

// The text in the page's language, with values put in for its {names}.
function t(text, values = {}) {
  return (plan.words[text] || text).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

// Zigzag numbers of seven bits a byte, low bits first.
function varintsOf(text) {
  const bytes = bytesOf(text);
  const values = new Int32Array(bytes.length);
  let count = 0;
  for (let i = 0; i < bytes.length; ) {
    let folded = 0;
    let place = 1;
    let byte;
    do {
      byte = bytes[i++];
      folded += (byte & 127) * place;
      place *= 128;
    } while (byte & 128);
    values[count++] = folded % 2 ? -(folded + 1) / 2 : folded / 2;
  }
  return values.slice(0, count);
}

function unsignedOf(text, width) {
  const bytes = bytesOf(text);
  if (width === 1) return bytes;
  const values = new Uint16Array(bytes.length / 2);
  for (let i = 0; i < values.length; i++) values[i] = bytes[2 * i] + 256 * bytes[2 * i + 1];
  return values;
}

// Web Mercator in pixels of zoom 0, so that drawing at zoom z is one product and one difference.
function worldX(longitude) {
  return (256 * (longitude + 180)) / 360;
}

function worldY(latitude) {
  const sine = Math.sin((Math.max(-85.05, Math.min(85.05, latitude)) * Math.PI) / 180);
  return 128 - (64 * Math.log((1 + sine) / (1 - sine))) / Math.PI;
}

function latLngOf(x, y) {
  const latitude = (360 / Math.PI) * Math.atan(Math.exp(Math.PI * (1 - y / 128))) - 90;
  return L.latLng(latitude, (x * 360) / 256 - 180);
}

// Lines as one run of points; line i has the points from[i] up to from[i + 1].
function linesOf(packed) {
  const counts = varintsOf(packed.counts);
  const steps = varintsOf(packed.steps);
  const from = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) from[i + 1] = from[i] + counts[i];
  const x = new Float64Array(steps.length / 2);
  const y = new Float64Array(steps.length / 2);
  for (let i = 0, latitude = 0, longitude = 0; i < x.length; i++) {
    latitude += steps[2 * i];
    longitude += steps[2 * i + 1];
    x[i] = worldX(longitude / SCALE);
    y[i] = worldY(latitude / SCALE);
  }
  return { count: counts.length, from, x, y, box: boxesOf(from, x, y) };
}

function boxesOf(from, x, y) {
  const box = new Float64Array(4 * (from.length - 1));
  for (let i = 0; i + 1 < from.length; i++) {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let k = from[i]; k < from[i + 1]; k++) {
      west = Math.min(west, x[k]);
      east = Math.max(east, x[k]);
      north = Math.min(north, y[k]);
      south = Math.max(south, y[k]);
    }
    box.set([west, north, east, south], 4 * i);
  }
  return box;
}

function touches(box, i, view) {
  const k = 4 * i;
  return box[k] <= view.east && box[k + 2] >= view.west && box[k + 1] <= view.south && box[k + 3] >= view.north;
}

// Bounds of some lines, null if there are none.
function boundsOf(lines, indices) {
  const bounds = L.latLngBounds([]);
  for (const i of indices) {
    const [west, north, east, south] = lines.box.subarray(4 * i, 4 * i + 4);
    if (west <= east) bounds.extend(latLngOf(west, north)).extend(latLngOf(east, south));
  }
  return bounds.isValid() ? bounds : null;
}

// The nearest of some lines to a world point within a distance, -1 if none.
function nearestLine(lines, indices, x, y, within) {
  const view = { west: x - within, east: x + within, north: y - within, south: y + within };
  let best = -1;
  let least = within * within;
  for (const i of indices) {
    if (!touches(lines.box, i, view)) continue;
    for (let k = lines.from[i]; k + 1 < lines.from[i + 1]; k++) {
      const away = awayFrom(x, y, lines.x[k], lines.y[k], lines.x[k + 1], lines.y[k + 1]);
      if (away < least) [best, least] = [i, away];
    }
  }
  return best;
}

// Squared distance of a point from a stretch.
function awayFrom(x, y, x0, y0, x1, y1) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const size = dx * dx + dy * dy;
  const along = size ? Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / size)) : 0;
  return (x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2;
}

// All text from outside enters the page through textContent, never as markup.
function element(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === "text") made.textContent = value;
    else if (name === "name") Object.assign(made, { textContent: value, dir: "auto" });
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function hourName(hour) {
  const start = String(hour % 24).padStart(2, "0");
  const end = String((hour % 24) + 1).padStart(2, "0");
  return `${DAYS[Math.floor(hour / 24)]} ${start}:00–${end}:00`;
}
