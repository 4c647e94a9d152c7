// The hour of the week: its colours, its name, the slider and the bars over it.

function showNeed(hour, part) {
  Object.assign(look, { hour, part });
  const ratios = need.ratios(hour, part);
  look.byClass = [[], ...CLASSES.map(() => [])];
  for (let s = 0; s < need.count; s++) look.byClass[need.classOf(ratios[s])].push(s);
  layers.need.repaint();
  const week = hour === "week";
  byId("hour-name").textContent = week ? t("Average over the week") : hourName(hour);
  byId("whole-week").setAttribute("aria-pressed", String(week));
  if (!week) {
    byId("hour").value = hour;
    const end = (hour % 24) + 1;
    byId("hour").setAttribute("aria-valuetext", t("{day} {start}:00 to {end}:00", { day: LONG_DAYS[Math.floor(hour / 24)], start: hour % 24, end }));
  }
  paintWeek();
}

function paintWeek() {
  const canvas = byId("week");
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width) return;
  const density = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: width * density, height: height * density });
  const context = canvas.getContext("2d");
  context.scale(density, density);
  const bars = need.byHour(look.part);
  const top = Math.max(...bars) || 1;
  const step = (width - 16) / HOURS;
  const shift = new Set(plan.shift_hours);
  context.font = "10px system-ui, sans-serif";
  for (let hour = 0; hour < HOURS; hour++) {
    const x = 8 + hour * step;
    const tall = ((height - 14) * bars[hour]) / top;
    context.fillStyle = colour(look.hour === hour ? "bar-now" : shift.has(hour) ? "bar-shift" : "bar");
    context.fillRect(x, height - 13 - tall, Math.max(step - 0.6, 0.6), tall);
    if (hour % 24) continue;
    context.fillStyle = colour("quiet");
    context.fillText(DAYS[hour / 24], x + 2, height - 2);
    context.fillRect(x, height - 13, 1, 13);
  }
}

function wireHours() {
  const step = (by) => showNeed((Number(byId("hour").value) + by + HOURS) % HOURS, look.part);
  byId("hour").addEventListener("input", () => showNeed(Number(byId("hour").value), look.part));
  byId("earlier").addEventListener("click", () => step(-1));
  byId("later").addEventListener("click", () => step(1));
  byId("hour").addEventListener("keydown", (event) => {
    const days = { PageUp: 1, PageDown: -1 }[event.key];
    if (!days) return;
    event.preventDefault();
    step(24 * days);
  });
  byId("at-shift").addEventListener("click", () => showNeed(plan.first_hour, look.part));
  byId("whole-week").addEventListener("click", () => showNeed(look.hour === "week" ? Number(byId("hour").value) : "week", look.part));
  byId("hours").addEventListener("submit", (event) => event.preventDefault());
  const used = [["all", t("all need")], ...plan.parts.map(([part]) => [part, t("from {part}", { part: PART_NAMES[part] })])];
  byId("part").append(...used.map(([value, text]) => element("option", { value, text })));
  byId("part").addEventListener("change", () => showNeed(look.hour, byId("part").value));
  byId("legend").setAttribute("aria-label", t("Colours from pale to dark: need from 1 to over 16 times the average street and hour"));
  byId("legend").append(
    element("span", { class: "legend-title", text: t("need, × average") }),
    ...CLASS_NAMES.map((text, k) => element("span", { class: "class" }, element("i", { class: `need-${k + 1}` }), element("span", { text: text.replace("×", "") }))),
  );
}
