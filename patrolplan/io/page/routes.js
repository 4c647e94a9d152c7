// Routes: each crew's line a little to the right of the street, so that both ways can be seen.

const legs = Object.assign(linesOf(plan.legs.lines), { rows: plan.legs.rows });
const CREW_COLOURS = 5;
const CREW_SHAPES = ["circle", "square", "diamond", "hexagon"];

function crewColour(crew) {
  return colour(`crew-${(crew % CREW_COLOURS) + 1}`);
}

function crewShape(crew) {
  return CREW_SHAPES[Math.floor(crew + crew / CREW_COLOURS) % CREW_SHAPES.length];
}

function routePainter(look) {
  return function (context, view) {
    const aside = byZoom(view.zoom, [13, 1.2], [18, 6]);
    // Crews that share a street walk in lanes of their own.
    const lane = (crew) => aside * (1 + 0.6 * (crew % 3));
    const lines = legs.rows
      .map((leg, i) => ({ leg, path: look.crews[leg.crew] ? besides(view, i, lane(leg.crew)) : [] }))
      .filter(({ path }) => path.length > 1);
    const chosen = lines.filter(({ leg }) => look.events.includes(leg.event));
    context.globalAlpha = chosen.length ? 0.3 : 1;
    paintLines(context, view, lines);
    context.globalAlpha = 1;
    paintLines(context, view, chosen);
  };
}

function paintLines(context, view, lines) {
  for (const { leg, path } of lines) stroke(context, view, path, leg, colour("halo"), 2.5);
  for (const { leg, path } of lines) stroke(context, view, path, leg, crewColour(leg.crew), 0);
  for (const { leg, path } of lines) arrows(context, view, path, crewColour(leg.crew));
}

function stroke(context, view, path, leg, paint, wider) {
  const patrol = leg.kind === "patrol";
  const width = byZoom(view.zoom, [12, 1.6], [18, 3.8]) * (patrol ? 1 : 0.8);
  context.setLineDash(patrol || wider ? [] : [2.2 * width, 1.7 * width]);
  context.strokeStyle = paint;
  context.lineWidth = width + wider;
  context.beginPath();
  context.moveTo(...path[0]);
  for (const point of path.slice(1)) context.lineTo(...point);
  context.stroke();
  context.setLineDash([]);
}

// A leg's points on the canvas, moved to the right of the way walked.
function besides(view, i, aside) {
  const points = [];
  for (let k = legs.from[i]; k < legs.from[i + 1]; k++) {
    const point = [legs.x[k] * view.factor - view.origin.x, legs.y[k] * view.factor - view.origin.y];
    const last = points[points.length - 1];
    if (!last || Math.hypot(point[0] - last[0], point[1] - last[1]) > 0.8) points.push(point);
  }
  return points.length > 1 ? points.flatMap((_, k) => moved(points, k, aside)) : [];
}

// The corner k of a line moved aside: a mitre where it bends a little, two points where it turns back.
function moved(points, k, aside) {
  const before = k > 0 ? normal(points[k - 1], points[k]) : normal(points[k], points[k + 1]);
  const after = k + 1 < points.length ? normal(points[k], points[k + 1]) : before;
  const sum = [before[0] + after[0], before[1] + after[1]];
  const size = (sum[0] ** 2 + sum[1] ** 2) / 2;
  const at = ([dx, dy], by) => [points[k][0] + dx * by, points[k][1] + dy * by];
  return size < 0.6 ? [at(before, aside), at(after, aside)] : [at(sum, aside / size)];
}

function normal([x0, y0], [x1, y1]) {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  return [-(y1 - y0) / length, (x1 - x0) / length];
}

function arrows(context, view, path, paint) {
  const size = byZoom(view.zoom, [13, 3.2], [18, 6.5]);
  const apart = byZoom(view.zoom, [13, 60], [18, 130]);
  let walked = apart / 2;
  context.fillStyle = paint;
  context.strokeStyle = colour("halo");
  context.lineWidth = 1;
  for (let k = 0; k + 1 < path.length; k++) {
    const [[x0, y0], [x1, y1]] = [path[k], path[k + 1]];
    const length = Math.hypot(x1 - x0, y1 - y0);
    for (; walked < length; walked += apart) {
      const along = walked / length;
      arrow(context, x0 + along * (x1 - x0), y0 + along * (y1 - y0), (x1 - x0) / length, (y1 - y0) / length, size);
    }
    walked -= length;
  }
}

function arrow(context, x, y, dx, dy, size) {
  context.beginPath();
  context.moveTo(x + 1.2 * size * dx, y + 1.2 * size * dy);
  context.lineTo(x - size * (dx + dy), y - size * (dy - dx));
  context.lineTo(x - 0.45 * size * dx, y - 0.45 * size * dy);
  context.lineTo(x - size * (dx - dy), y - size * (dy + dx));
  context.closePath();
  context.stroke();
  context.fill();
}

// Rides to where patrols set out: long thin dashes along the road, each once however often it is ridden.
const rides = plan.rides ? Object.assign(linesOf(plan.rides.lines), { rows: plan.rides.rows }) : { rows: [] };
const rideOfCrew = new Map(rides.rows.map((ride) => [ride.crew, ride]));

function paintRides(look) {
  return function (context, view) {
    const width = byZoom(view.zoom, [11, 2], [18, 4]);
    const drawn = new Set();
    rides.rows.forEach((ride, i) => {
      const key = `${ride.from} ${ride.place}`;
      if (!look.crews[ride.crew] || drawn.has(key)) return;
      drawn.add(key);
      const path = besides(view, i, 0);
      if (path.length < 2) return;
      for (const [paint, wider, dash] of [[colour("halo"), 2, []], [colour("quiet"), 0, [5 * width, 3 * width]]]) {
        context.setLineDash(dash);
        context.strokeStyle = paint;
        context.lineWidth = width + wider;
        context.beginPath();
        context.moveTo(...path[0]);
        for (const point of path.slice(1)) context.lineTo(...point);
        context.stroke();
      }
      context.setLineDash([]);
    });
  };
}

// Where rides begin: one marker a station, with all rides from it.
function stationsOfRides(look) {
  const found = new Map();
  for (const ride of rides.rows) {
    if (!look.crews[ride.crew]) continue;
    const key = ride.from.join(" ");
    if (!found.has(key)) found.set(key, { at: ride.from, station: ride.station, rides: [] });
    found.get(key).rides.push(ride);
  }
  return [...found.values()];
}

// Events that share a place share a marker: one badge for what a crew does there.
function places(look) {
  const found = new Map();
  plan.events.forEach((event, index) => {
    if (!look.crews[event.crew]) return;
    const key = event.at.join(" ");
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(index);
  });
  return [...found.values()];
}

const SIGNS = {
  car: "M3.2 7.2 4.6 3h6.8l1.4 4.2L14.5 8.5V13h-2.2v-1.6H3.7V13H1.5V8.5zM4.7 6.8h6.6l-.8-2.4H5.5z",
  bus: "M2.5 3.2C2.5 2 5 1.5 8 1.5s5.5.5 5.5 1.7v9h-1.2V14h-2v-1.8H5.7V14h-2v-1.8H2.5zM4 4.2v4h8v-4z",
  bicycle: "M4 8a3 3 0 1 0 .01 0zm0 1.3a1.7 1.7 0 1 1-.01 0zM12 8a3 3 0 1 0 .01 0zm0 1.3a1.7 1.7 0 1 1-.01 0zM5.5 3.5h3l2.6 5.8-1.2.5L7.7 5l-2.9 6-1.1-.6 2.6-5.6h-.8z",
  start: "M2 8 8 2l6 6v6H9.7v-4H6.3v4H2z",
  end: "M2 8 8 2l6 6v6H9.7v-4H6.3v4H2z",
  break: "M2 3h9v1.2h1a2.6 2.6 0 0 1 0 5.2h-1.1A3.5 3.5 0 0 1 7.5 12H5.4A3.4 3.4 0 0 1 2 8.6zm9 2.6v2.4h1a1.2 1.2 0 0 0 0-2.4zM2 13h9v1.4H2z",
};

// A house where a patrol leaves its station, the vehicle where it waits.
function signOf(event) {
  const ride = event.kind === "break" ? undefined : rideOfCrew.get(event.crew);
  return ride ? ride.by : event.kind.replace("end", "start");
}

function icon(kind) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" })) svg.setAttribute(name, value);
  path.setAttribute("d", SIGNS[kind]);
  svg.append(path);
  return svg;
}

function badges(indices) {
  const texts = new Map();
  for (const index of indices) {
    const event = plan.events[index];
    const key = event.kind === "visit" ? `${event.crew} visit` : signOf(event);
    if (!texts.has(key)) texts.set(key, { event, orders: [] });
    texts.get(key).orders.push(event.order);
  }
  return [...texts.values()].map(({ event, orders }) => {
    if (event.kind !== "visit") return element("span", { class: "badge plain" }, icon(signOf(event)));
    const text = element("span", { text: orders.join("·") });
    return element("span", { class: `badge ${crewShape(event.crew)} crew-${(event.crew % CREW_COLOURS) + 1}` }, text);
  });
}

function markerOf(indices, popup) {
  const first = plan.events[indices[0]];
  const icon = L.divIcon({ className: "place", iconSize: [0, 0], html: element("span", { class: "badges" }, ...badges(indices)) });
  const visit = indices.some((index) => plan.events[index].kind === "visit");
  const marker = L.marker(first.at, { icon, riseOnHover: true, zIndexOffset: visit ? 100 : 0, title: first.label });
  marker.bindPopup(() => popup(indices), popupSize());
  return marker;
}
