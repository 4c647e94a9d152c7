// The panel: notes, figures, timetables, layers, search; and what stands in the popups.

function byId(id) {
  return document.getElementById(id);
}

function fillHead() {
  document.querySelector("#head h1").textContent = plan.community || t("Foot patrol");
  byId("when").textContent = `${t("Foot patrol")}, ${plan.when} (${plan.timezone})`;
  byId("today").hidden = plan.today.length === 0;
  byId("today").append(...plan.today.map((line) => element("li", { name: line })));
  fillNotes();
  for (const [figure, meaning] of plan.figures) {
    byId("figures").append(element("div", {}, element("dt", { text: figure }), element("dd", { text: meaning })));
  }
  byId("made").textContent = `patrolplan ${plan.version} · ${t("map data")} ${plan.credit}`;
  for (const [part, weight, covered] of plan.parts) {
    const cells = [weight, covered].map((text) => element("td", { text }));
    document.querySelector("#parts tbody").append(
      element("tr", {}, element("th", { scope: "row", text: PART_NAMES[part] }), ...cells),
    );
  }
}

// The first notes stand open; more of them would push the timetable out of sight.
function fillNotes() {
  const [first, more] = [plan.notes.slice(0, 2), plan.notes.slice(2)].map((notes) => notes.map((note) => element("p", { name: note })));
  byId("notes").hidden = plan.notes.length === 0;
  byId("notes").append(...first);
  if (more.length) byId("notes").append(element("details", {}, element("summary", { text: t("What else it rests on ({n})", { n: more.length }) }), ...more));
}

function fillCrews(look, actions) {
  plan.crews.forEach((crew, index) => {
    const swatch = element("span", { class: `swatch ${crewShape(index)} crew-${(index % CREW_COLOURS) + 1}`, "aria-hidden": "true" });
    const shown = element("input", { type: "checkbox", "aria-label": t("Show the route of {crew}", { crew: crew.name }) });
    shown.checked = look.crews[index];
    shown.addEventListener("change", () => actions.showCrew(index, shown.checked));
    const title = element("span", { class: "crew-title" }, element("strong", { name: crew.name }), element("small", { text: crew.shift }));
    const people = element("p", { class: "crew-people", name: [crew.officers.join(", "), crew.sums].filter(Boolean).join(" · ") });
    const whole = element("button", { type: "button", class: "whole", text: t("Show whole route"), onclick: () => actions.showRoute(index) });
    const ride = (rideOfCrew.get(index) || { told: [] }).told.map((line) => element("p", { class: "crew-ride", name: line }));
    byId("crews").append(
      element("div", { class: "crew" }, element("details", { open: true }, element("summary", {}, swatch, title), people, ...ride, whole, timetable(index, actions)), shown),
    );
  });
}

function timetable(crew, actions) {
  const rows = [];
  let day = null;
  plan.events.forEach((event, index) => {
    if (event.crew !== crew) return;
    if (day && day !== event.day) rows.push(element("tr", { class: "day" }, element("td", { colspan: "3", text: event.day })));
    day = event.day;
    rows.push(eventRow(event, index, actions));
  });
  const head = [t("Stop"), t("Time"), t("Place")].map((text) => element("th", { scope: "col", text }));
  return element("table", { class: "timetable" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}

const EVENT_WORDS = { start: t("Start"), end: t("Back"), break: t("Break"), visit: "" };

function eventRow(event, index, actions) {
  const visit = event.kind === "visit";
  const badge = element("span", { class: visit ? `badge ${crewShape(event.crew)} crew-${(event.crew % CREW_COLOURS) + 1}` : "badge plain" },
    visit ? element("span", { text: String(event.order) }) : icon(signOf(event)));
  const word = EVENT_WORDS[event.kind];
  const label = word && event.label.toLowerCase() !== word.toLowerCase() && event.label ? `${word}: ${event.label}` : word || event.label;
  const button = element("button", { type: "button", class: "go", name: label || event.street || t("Stop") });
  const time = event.start === event.leave ? event.start : `${event.start}–${event.leave}`;
  const more = [event.stay, event.why].filter(Boolean).join(" · ");
  const row = element("tr", { class: event.kind, "data-event": String(index) },
    element("td", {}, badge),
    element("td", { class: "time", text: time }),
    element("td", {}, button, more ? element("p", { class: "why", name: more }) : null));
  row.addEventListener("click", () => actions.showEvent(index));
  return row;
}

function eventPopup(indices, look) {
  const first = plan.events[indices.includes(look.chosen) ? look.chosen : indices.find((index) => plan.events[index].kind === "visit") ?? indices[0]];
  const box = element("div", { class: "popup" }, element("h2", { name: first.label || EVENT_WORDS[first.kind] }));
  if (first.street && !first.label.includes(first.street)) box.append(element("p", { class: "street", name: first.street }));
  const sorted = [...indices].sort((a, b) => a - b);
  for (const index of sorted) {
    const event = plan.events[index];
    const visit = event.kind === "visit";
    const when = event.start === event.leave ? event.start : `${event.start}–${event.leave}`;
    const what = visit ? `${plan.crews[event.crew].name}, ${t("stop {n}", { n: event.order })}` : `${plan.crews[event.crew].name}, ${EVENT_WORDS[event.kind].toLowerCase()}`;
    const line = element("p", { class: index === look.chosen && indices.length > 1 ? "visit chosen" : "visit" }, element("strong", { text: when }), " ", element("span", { name: what }));
    if (event.stay) line.append(` · ${event.stay}`);
    box.append(line);
    const next = plan.events[sorted[sorted.indexOf(index) + 1]];
    const ride = visit || event.kind === "break" ? undefined : rideOfCrew.get(event.crew);
    if (ride) box.append(element("p", { class: "why", name: ride.told[event.kind === "start" ? 0 : 1] }));
    if (event.why && !(next && next.why === event.why)) box.append(element("p", { class: "why", name: event.why }));
  }
  if (first.share) box.append(element("p", { class: "small", text: t("Holds {share} of the patrol need of the shift.", { share: first.share }) }));
  return box;
}

function stationPopup(from) {
  const lines = from.rides.flatMap((ride) => [
    element("p", { class: "visit" }, element("strong", { name: plan.crews[ride.crew].name })),
    ...ride.told.map((line) => element("p", { class: "why", name: line })),
  ]);
  return element("div", { class: "popup" }, element("h2", { name: from.station }), ...lines);
}

function unservedPopup(row) {
  return element("div", { class: "popup" }, element("h2", { name: row.label }),
    element("p", { class: "why", name: t("No visit: {why}", { why: row.why }) }),
    element("p", { class: "small", text: t("Holds {share} of the patrol need of the shift.", { share: row.share }) }));
}

function legPopup(leg) {
  const patrol = leg.kind === "patrol";
  const title = patrol ? t("Patrol walk: {place}", { place: leg.from }) : `${leg.from} → ${leg.to}`;
  return element("div", { class: "popup" }, element("h2", { name: title }),
    element("p", { class: "visit" }, element("strong", { text: `${leg.start}–${leg.end}` }), " ",
      element("span", { name: plan.crews[leg.crew].name }), ` · ${t("{n} m on foot", { n: leg.metres })}`));
}

function streetPopup(i, look) {
  const now = need.ratios(look.hour, look.part)[i];
  const week = need.ratios("week", "all")[i];
  const parts = PART_ORDER.map((part) => [PART_NAMES[part], need.ofStreets(look.hour, part)[i]]).filter(([, value]) => value > 0);
  const whole = parts.reduce((sum, [, value]) => sum + value, 0);
  const told = parts.map(([name, value]) => `${name} ${Math.round((100 * value) / whole)} %`).join(", ");
  const when = look.hour === "week" ? t("over the week") : hourName(look.hour);
  const from = look.part === "all" ? "" : ` ${t("from {part}", { part: PART_NAMES[look.part] })}`;
  const box = element("div", { class: "popup" }, element("h2", { name: calledStreet(i) }),
    element("p", { class: "street", text: t("{kind}, {n} m", { kind: kindOfStreet(i), n: Math.round(need.lengths[i]) }) }),
    element("p", { text: t("Need{from} {when}: {times} the average", { from, when, times: times(now) }) }));
  if (look.hour !== "week") box.append(element("p", { text: t("Over the whole week: {times}", { times: times(week) }) }));
  if (told) box.append(element("p", { class: "small", text: t("Made up of {parts}.", { parts: told }) }));
  const spot = plan.hot_spots.find((each) => each.segments.includes(i));
  if (spot) {
    box.append(element("p", { class: "small", name: t("In the hot spot {label}: {visits}", { label: spot.label, visits: spot.told }) }));
  }
  return box;
}

function times(ratio) {
  return `${ratio >= 9.95 ? Math.round(ratio) : ratio.toFixed(ratio >= 0.1 ? 1 : 2)}×`;
}

const LAYERS = [
  ["need", t("Need by hour"), "need"],
  ["spots", t("Hot spots that are visited"), "spot"],
  ["left", t("Hot spots without a visit"), "left"],
  ["routes", t("Routes: dashed on the way, solid while patrolling"), "route"],
  ["rides", t("Rides to patrols"), "ride"],
  ["stops", t("Stops, breaks and stations"), "stop"],
  ["unseen", t("Streets no record covers"), "unseen"],
  ["shut", t("Streets that are shut"), "shut"],
  ["names", t("Street names (from near)"), "names"],
];

function fillLayers(look, actions) {
  for (const [layer, label, sign] of LAYERS) {
    if (layer === "unseen" && !unseen.length) continue;
    if (layer === "rides" && !rides.rows.length) continue;
    if (layer === "shut" && !shut.length) continue;
    const box = element("input", { type: "checkbox", id: `layer-${layer}` });
    box.checked = look.show[layer];
    box.addEventListener("change", () => actions.showLayer(layer, box.checked));
    const key = element("span", { class: `key key-${sign}`, "aria-hidden": "true" });
    document.querySelector("#layers ul").append(element("li", {}, element("label", {}, box, key, element("span", { text: label }))));
  }
}

function fillUnserved(actions) {
  byId("left-out").hidden = plan.unserved.length === 0;
  document.querySelector("#left-out summary").textContent = t("Hot spots without a visit ({n})", { n: plan.unserved.length });
  document.querySelector("#left-out ul").append(...plan.unserved.map((row, index) => element("li", {},
    element("button", { type: "button", class: "go", name: row.label, onclick: () => actions.showUnserved(index) }),
    element("p", { class: "why", name: `${t("{share} of the shift's need", { share: row.share })} · ${row.why}` }))));
}

// Streets and stops to be found: names as written and in English, each once.
function findable() {
  const streetsFound = plan.streets.names.map((name, at) => ({ name, also: plan.streets.english[at], street: at }));
  const spots = plan.hot_spots.map((spot, at) => ({ name: spot.label, also: t("hot spot"), spot: at }));
  return [...streetsFound.filter(({ name }) => name), ...spots.filter(({ name }) => name)];
}

function fillSearch(actions) {
  const [input, list] = [byId("street"), byId("found")];
  const all = findable().map((thing) => ({ ...thing, key: fold(`${thing.name} ${thing.street === undefined ? "" : thing.also}`) }));
  let found = [];
  let chosen = -1;

  function offer() {
    const words = fold(input.value).split(" ").filter(Boolean);
    found = words.length ? all.filter(({ key }) => words.every((word) => key.includes(word))).slice(0, 8) : [];
    list.replaceChildren(...found.map((thing, at) => option(thing, at)));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    choose(found.length ? 0 : -1);
  }

  function option(thing, at) {
    const made = element("li", { role: "option", id: `found-${at}` }, element("span", { name: thing.name }), element("small", { name: thing.also || "" }));
    made.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(at);
    });
    return made;
  }

  function choose(at) {
    chosen = at;
    [...list.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === at)));
    if (at >= 0) input.setAttribute("aria-activedescendant", `found-${at}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function take(at) {
    if (!found[at]) return;
    input.value = found[at].name;
    close();
    actions.showFound(found[at]);
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  input.addEventListener("input", () => (input.value ? offer() : (offer(), actions.showFound(null))));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(Math.min(found.length - 1, chosen + 1));
    else if (event.key === "ArrowUp") choose(Math.max(0, chosen - 1));
    else if (event.key === "Enter") take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}

// Small letters without accents, so that "cafe" finds "Café".
function fold(text) {
  return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\s+/g, " ");
}
