// Streets in grey, need over them in warm colours, and hot spots as soft outlines beneath.

const streets = Object.assign(linesOf(plan.streets.lines), {
  name: varintsOf(plan.streets.name),
  kind: varintsOf(plan.streets.kind),
});
const allStreets = Array.from({ length: streets.count }, (_, i) => i);

const MAIN = new Set(["motorway", "trunk", "primary", "secondary", "tertiary"]);
const NARROW = new Set(["footway", "path", "steps", "cycleway", "track", "bridleway", "corridor"]);
const RANKS = { trunk: 6, primary: 5, secondary: 4, tertiary: 3, pedestrian: 2, residential: 1, living_street: 1 };
const widthOfKind = plan.streets.kinds.map((kind) => {
  const plain = kind.replace("_link", "");
  return MAIN.has(plain) ? 1.7 : NARROW.has(plain) ? 0.6 : 1;
});

function nameOfStreet(i) {
  return plan.streets.names[streets.name[i]];
}

function kindOfStreet(i) {
  return plan.streets.kind_names[streets.kind[i]];
}

// The name or, where there is none, what the street joins: "path between ... and ...".
const joins = { at: varintsOf(plan.streets.joins.at), ends: varintsOf(plan.streets.joins.ends), of: new Map() };
joins.at.forEach((street, k) => joins.of.set(street, k));

function calledStreet(i) {
  if (nameOfStreet(i)) return nameOfStreet(i);
  const what = kindOfStreet(i);
  if (!joins.of.has(i)) return t("unnamed: {what}", { what });
  const [first, second] = [0, 1].map((k) => plan.streets.names[joins.ends[2 * joins.of.get(i) + k]]);
  return first === second ? t("{what} near {street}", { what, street: first }) : t("{what} between {first} and {second}", { what, first, second });
}

// Streets that no record covers: need there is not low but unknown, so they are hatched.
const unseen = varintsOf(plan.unseen);

function paintUnseen(context, view) {
  context.strokeStyle = colour("quiet");
  context.lineWidth = byZoom(view.zoom, [12, 3], [18, 12]);
  context.setLineDash([1.2, 4]);
  context.globalAlpha = 0.7;
  context.beginPath();
  for (const i of unseen) if (touches(streets.box, i, view)) trace(context, view, streets, i);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

// Streets that are shut on some day of the plan: barred across, dark on light.
const shut = varintsOf(plan.shut);

function paintShut(context, view) {
  const width = byZoom(view.zoom, [12, 3], [18, 11]);
  context.lineCap = "butt";
  for (const [paint, wide, dash] of [["halo", width + 2, []], ["shut", width, [width * 0.45, width * 0.55]]]) {
    context.strokeStyle = colour(paint);
    context.lineWidth = wide;
    context.setLineDash(dash);
    context.beginPath();
    for (const i of shut) if (touches(streets.box, i, view)) trace(context, view, streets, i);
    context.stroke();
  }
  context.lineCap = "round";
  context.setLineDash([]);
}

function paintBase(context, view) {
  const shown = allStreets.filter((i) => touches(streets.box, i, view));
  const width = byZoom(view.zoom, [12, 0.6], [18, 5]);
  context.strokeStyle = colour("street");
  for (const factor of new Set(widthOfKind)) {
    context.lineWidth = width * factor;
    context.beginPath();
    for (const i of shown) if (widthOfKind[streets.kind[i]] === factor) trace(context, view, streets, i);
    context.stroke();
  }
}

function needPainter(look) {
  return function (context, view) {
    const width = byZoom(view.zoom, [12, 0.55], [18, 1.7]);
    for (let rank = 1; rank <= CLASSES.length; rank++) {
      context.strokeStyle = colour(`need-${rank}`);
      context.lineWidth = width * (1.4 + 0.9 * rank);
      context.beginPath();
      for (const i of look.byClass[rank]) if (touches(streets.box, i, view)) trace(context, view, streets, i);
      context.stroke();
    }
  };
}

// Hot spots as bands around their streets: a wide stroke, and a narrower one that leaves its rim.
function hotSpotPainter(wanted, rim, fill) {
  return function (context, view) {
    const width = byZoom(view.zoom, [12, 7], [18, 34]);
    for (const [name, size] of [
      [rim, width],
      [fill, width - 2.5],
    ]) {
      context.strokeStyle = colour(name);
      context.lineWidth = size;
      context.beginPath();
      for (const spot of plan.hot_spots) {
        if (!wanted(spot)) continue;
        for (const i of spot.segments) if (touches(streets.box, i, view)) trace(context, view, streets, i);
      }
      context.stroke();
    }
  };
}

function paintFound(look) {
  return function (context, view) {
    context.strokeStyle = colour("found");
    context.lineWidth = byZoom(view.zoom, [12, 4], [18, 10]);
    context.beginPath();
    for (const i of look.found) trace(context, view, streets, i);
    context.stroke();
  };
}
