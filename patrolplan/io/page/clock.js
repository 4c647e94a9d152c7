// The clock that plays the shift: where each crew is at a moment, along its legs or at its stops.

const SPEEDS = [60, 180, 600];
const JUMP_S = 300;
const clockOf = { at: plan.span[0], playing: false, last: 0, walkers: [] };

// A point on leg i after a share of its length.
function pointOnLeg(i, share) {
  const [first, end] = [legs.from[i], legs.from[i + 1] - 1];
  let whole = 0;
  for (let k = first; k < end; k++) whole += Math.hypot(legs.x[k + 1] - legs.x[k], legs.y[k + 1] - legs.y[k]);
  let rest = whole * Math.max(0, Math.min(1, share));
  for (let k = first; k < end; k++) {
    const step = Math.hypot(legs.x[k + 1] - legs.x[k], legs.y[k + 1] - legs.y[k]);
    if (rest <= step && step > 0) {
      const along = rest / step;
      return latLngOf(legs.x[k] + along * (legs.x[k + 1] - legs.x[k]), legs.y[k] + along * (legs.y[k + 1] - legs.y[k]));
    }
    rest -= step;
  }
  return latLngOf(legs.x[end], legs.y[end]);
}

// Where a crew is at a second of the plan, and what it does there; null when it is off duty.
function whereabouts(crew, at) {
  const i = legs.rows.findIndex((leg) => leg.crew === crew && leg.span[0] <= at && at < leg.span[1]);
  if (i >= 0) {
    const leg = legs.rows[i];
    const doing = leg.kind === "patrol" ? t("patrols {place}", { place: leg.to }) : t("walks to {place}", { place: leg.to });
    return { place: pointOnLeg(i, (at - leg.span[0]) / (leg.span[1] - leg.span[0])), doing };
  }
  const own = plan.events.filter((event) => event.crew === crew);
  if (!own.length || at < own[0].span[0] || at > own[own.length - 1].span[1]) return null;
  const event = own.filter((each) => each.span[0] <= at).pop();
  const word = EVENT_WORDS[event.kind] || event.label;
  return { place: L.latLng(event.at), doing: t("at {place}", { place: word }) };
}

function placeWalkers() {
  plan.crews.forEach((crew, index) => {
    const here = look.crews[index] ? whereabouts(index, clockOf.at) : null;
    const marker = clockOf.walkers[index];
    if (!here) return marker.remove();
    marker.setLatLng(here.place).addTo(map);
    const told = `${crew.name}: ${here.doing}`;
    if (marker.getElement().title !== told) Object.assign(marker.getElement(), { role: "img", title: told, ariaLabel: told });
    return marker;
  });
}

function clockText(at) {
  const minute = plan.first_minute + Math.floor((at - plan.span[0]) / 60);
  const day = DAYS[Math.floor(minute / 1440) % 7];
  const two = (number) => String(number).padStart(2, "0");
  return `${day} ${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;
}

function showMoment(at) {
  clockOf.at = Math.max(plan.span[0], Math.min(plan.span[1], at));
  byId("minute").value = Math.round((clockOf.at - plan.span[0]) / 60);
  const told = clockText(clockOf.at);
  if (byId("now").textContent !== told) byId("now").textContent = told;
  byId("minute").setAttribute("aria-valuetext", told);
  placeWalkers();
  const hour = Math.floor((plan.first_minute + (clockOf.at - plan.span[0]) / 60) / 60) % HOURS;
  if (clockOf.playing && look.hour !== hour && look.hour !== "week") showNeed(hour, look.part);
}

function play(on) {
  clockOf.playing = on && plan.span[1] > plan.span[0];
  if (clockOf.playing && clockOf.at >= plan.span[1]) clockOf.at = plan.span[0];
  const name = clockOf.playing ? t("Pause") : t("Play the shift");
  byId("play").replaceChildren(clockOf.playing ? "❚❚" : "▶");
  byId("play").setAttribute("aria-label", name);
  byId("play").title = name;
  byId("play").setAttribute("aria-pressed", String(clockOf.playing));
  clockOf.last = performance.now();
  if (clockOf.playing) requestAnimationFrame(tickOfClock);
}

// Smooth where motion is welcome; where it is not, a jump of five minutes whenever that much is due.
function tickOfClock(now) {
  if (!clockOf.playing) return;
  const due = ((now - clockOf.last) / 1000) * Number(byId("speed").value);
  if (!quiet() || due >= JUMP_S) {
    showMoment(clockOf.at + due);
    clockOf.last = now;
  }
  if (clockOf.at >= plan.span[1]) play(false);
  else requestAnimationFrame(tickOfClock);
}

function wireClock() {
  byId("clock").hidden = plan.span[1] <= plan.span[0];
  clockOf.walkers = plan.crews.map((crew, index) => {
    const html = element("span", { class: `walker crew-${(index % CREW_COLOURS) + 1}` });
    return L.marker([0, 0], { icon: L.divIcon({ className: "place", iconSize: [0, 0], html }), keyboard: false, interactive: false, zIndexOffset: 1000, alt: crew.name });
  });
  byId("minute").max = Math.round((plan.span[1] - plan.span[0]) / 60);
  byId("speed").append(...SPEEDS.map((speed) => element("option", { value: speed, text: t("{n} min/s", { n: speed / 60 }) })));
  byId("speed").value = SPEEDS[1];
  byId("play").addEventListener("click", () => play(!clockOf.playing));
  byId("minute").addEventListener("input", () => showMoment(plan.span[0] + 60 * Number(byId("minute").value)));
  byId("clock").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const typing = ["INPUT", "SELECT", "TEXTAREA", "BUTTON"].includes(event.target.tagName) && event.target.type !== "range";
    if (event.key !== "p" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    play(!clockOf.playing);
  });
  play(false);
  showMoment(plan.span[0]);
}
