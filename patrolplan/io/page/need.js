// Need of every street in an hour or over the week, from its factors, as multiples of the average.

const PART_NAMES = { offences: t("offences"), footfall: t("busy places"), problems: t("named problems") };
const PART_ORDER = ["offences", "footfall", "problems"];
const CLASSES = [1, 2, 4, 8, 16];
const CLASS_NAMES = ["1–2×", "2–4×", "4–8×", "8–16×", t("over 16×")];

const need = (function () {
  const packed = plan.need;
  const space = unsignedOf(packed.space, packed.bytes);
  const time = unsignedOf(packed.time, 2);
  const finest = 256 ** packed.bytes - 1;
  const lengths = Float64Array.from(varintsOf(plan.streets.length_dm), (length) => Math.max(length, 50) / 10);
  const network = lengths.reduce((sum, length) => sum + length, 0);
  const count = lengths.length;

  // Share of a term's peak in an hour; "week" is the mean of all hours.
  function share(term, hour) {
    if (hour !== "week") return time[term * HOURS + hour] / 65535;
    let sum = 0;
    for (let h = 0; h < HOURS; h++) sum += time[term * HOURS + h];
    return sum / 65535 / HOURS;
  }

  function terms(part) {
    return packed.part.map((_, term) => term).filter((term) => part === "all" || PART_ORDER[packed.part[term]] === part);
  }

  // Need of each street in shares of the week's need, per hour.
  function ofStreets(hour, part) {
    const sums = new Float64Array(count);
    for (const term of terms(part)) {
      const factor = (packed.peak[term] * share(term, hour)) / (finest * finest);
      if (factor === 0) continue;
      const first = term * count;
      for (let s = 0; s < count; s++) sums[s] += factor * space[first + s] * space[first + s];
    }
    return sums;
  }

  // Need per metre as a multiple of the average metre and hour.
  function ratios(hour, part) {
    const sums = ofStreets(hour, part);
    for (let s = 0; s < count; s++) sums[s] *= (HOURS * network) / lengths[s];
    return sums;
  }

  function classOf(ratio) {
    let rank = 0;
    while (rank < CLASSES.length && ratio >= CLASSES[rank]) rank++;
    return rank;
  }

  // Need of all streets in each hour, for the bars above the slider.
  function byHour(part) {
    const wholes = terms(part).map((term) => {
      let sum = 0;
      for (let s = term * count; s < (term + 1) * count; s++) sum += space[s] * space[s];
      return [term, (packed.peak[term] * sum) / (finest * finest)];
    });
    return Float64Array.from({ length: HOURS }, (_, hour) =>
      wholes.reduce((sum, [term, whole]) => sum + whole * share(term, hour), 0),
    );
  }

  return { count, lengths, ofStreets, ratios, classOf, byHour };
})();
