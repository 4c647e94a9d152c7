// Street names along their streets, important streets first, none over another.

const NAMES_FROM_ZOOM = 15;

function paintNames(context, view) {
  if (view.zoom < NAMES_FROM_ZOOM) return;
  const size = Math.round(byZoom(view.zoom, [15, 10.5], [18, 13]));
  Object.assign(context, { textAlign: "center", textBaseline: "middle", lineWidth: 4.5, font: `${size}px system-ui, sans-serif` });
  context.strokeStyle = colour("paper");
  context.fillStyle = colour("street-name");
  const taken = [];
  const last = new Map();
  const widths = new Map();
  for (const { i, name, rank } of named(view)) {
    if (!widths.has(name)) widths.set(name, context.measureText(name).width);
    const width = widths.get(name);
    const spot = straightPlace(view, i, width);
    if (!spot || crowded(taken, last.get(name), spot, width, size)) continue;
    write(context, name, spot);
    for (const box of boxesAlong(spot, width, size)) taken.push(box);
    last.set(name, [...(last.get(name) || []), spot]);
  }
}

// Named streets in view, the important and the long ones first.
function named(view) {
  const found = [];
  for (const i of allStreets) {
    const name = nameOfStreet(i);
    if (!name || !touches(streets.box, i, view)) continue;
    const rank = RANKS[plan.streets.kinds[streets.kind[i]].replace("_link", "")] || 0;
    found.push({ i, name: name.length > 40 ? `${name.slice(0, 39)}…` : name, rank });
  }
  return found.sort((a, b) => b.rank - a.rank || need.lengths[b.i] - need.lengths[a.i] || a.i - b.i);
}

// A stretch of street i straight enough for a text of that width: its middle and angle.
function straightPlace(view, i, width) {
  const { factor, origin } = view;
  const [first, end] = [streets.from[i], streets.from[i + 1] - 1];
  const at = (k) => [streets.x[k] * factor - origin.x, streets.y[k] * factor - origin.y];
  const [[x0, y0], [x1, y1]] = [at(first), at(end)];
  const straight = Math.hypot(x1 - x0, y1 - y0);
  if (straight < 0.8 * width) return null;
  for (let k = first + 1; k < end; k++) {
    const [x, y] = at(k);
    if (awayFrom(x, y, x0, y0, x1, y1) > 25) return null;
  }
  let angle = Math.atan2(y1 - y0, x1 - x0);
  if (angle > Math.PI / 2) angle -= Math.PI;
  else if (angle <= -Math.PI / 2) angle += Math.PI;
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, angle };
}

function crowded(taken, same, spot, width, size) {
  if (same && same.some((other) => Math.hypot(other.x - spot.x, other.y - spot.y) < 420)) return true;
  return boxesAlong(spot, width, size).some(([x, y, r]) => taken.some(([u, v, s]) => Math.hypot(x - u, y - v) < r + s));
}

// A slanting text as a row of discs: cheap to test against others.
function boxesAlong({ x, y, angle }, width, size) {
  const count = Math.max(1, Math.ceil(width / size));
  return Array.from({ length: count }, (_, k) => {
    const along = ((k + 0.5) / count - 0.5) * width;
    return [x + along * Math.cos(angle), y + along * Math.sin(angle), 0.65 * size];
  });
}

function write(context, name, { x, y, angle }) {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.strokeText(name, 0, 0);
  context.fillText(name, 0, 0);
  context.restore();
}
