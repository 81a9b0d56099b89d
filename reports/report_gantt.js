"use strict";
// The stochastic Gantt: names on the left, on the right for each activity its deterministic bar in the colour of its
// criticality index and below it the band from P10 to P90 of its finish with the P80 mark. Only the page shown is drawn.
(function () {
  const {columns: c, paths, data_date: dataDates} = simcore.data.activities;
  const ROW = 26, HEAD = 34, PAGE_SMALL = 30;
  const chart = document.getElementById("gantt-chart");
  const tip = document.getElementById("tip");
  const hasWbs = paths.length > 1;
  const ORDERS = {
    critical: {text: "most critical first", key: (i) => -c.criticality[i]},
    start: {text: "by start", key: (i) => c.start[i]},
    wbs: {text: "by WBS", key: (i) => (c.wbs[i] < 0 ? paths.length : c.wbs[i]), grouped: true},
  };
  const orders = c.id.length > PAGE_SMALL || !hasWbs ? [ORDERS.critical, ORDERS.start] : [ORDERS.wbs, ORDERS.critical, ORDERS.start];
  if (hasWbs && !orders.includes(ORDERS.wbs)) orders.push(ORDERS.wbs);
  let shown = [], forcedWidth = null;
  const chooser = new simcore.Chooser("gantt", orders, [PAGE_SMALL, 60, 120, 250], (rows) => { shown = rows; draw(); });

  function lines() {
    // The rows of the page: activities, and a heading where the WBS node changes.
    if (!chooser.order.grouped) return shown.map((i) => ({i}));
    const made = [];
    shown.forEach((i, k) => {
      if (k === 0 || c.wbs[shown[k - 1]] !== c.wbs[i]) made.push({group: paths[c.wbs[i]] || "Without WBS"});
      made.push({i});
    });
    return made;
  }

  function range(rows) {
    let low = Infinity, high = -Infinity;
    for (const i of rows) {
      for (const value of [c.start[i], c.finish[i], c.finish10[i], c.finish90[i]]) {
        if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); }
      }
    }
    if (!(high > low)) { low = Number.isFinite(low) ? low - 7200 : 0; high = low + 14400; }
    const air = (high - low) * 0.02;
    return [low - air, high + air];
  }

  function svg(tag, attributes, parent, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  function draw() {
    const all = lines();
    const grid = simcore.element("div", {className: "gantt"});
    grid.append(
      simcore.element("div", {className: "head", textContent: "Activity"}),
      simcore.element("div", {className: "head share", textContent: "Critical"}));
    const names = simcore.element("div"), shares = simcore.element("div"), plot = simcore.element("div", {className: "lines"});
    plot.style.gridRow = "1 / 3";
    all.forEach((line) => { names.append(nameCell(line)); shares.append(shareCell(line)); });
    grid.append(names, shares, plot);
    if (forcedWidth) grid.style.width = forcedWidth + "px";
    chart.replaceChildren(grid);
    drawLines(plot, all);
  }

  function nameCell(line) {
    if (line.group !== undefined) return simcore.element("div", {className: "row group", title: line.group}, simcore.element("bdi", {textContent: line.group}));
    const {i} = line;
    return simcore.element("div", {className: "row", title: c.id[i] + " " + c.name[i]},
      simcore.element("span", {className: "id"}, simcore.element("bdi", {textContent: c.id[i]})), simcore.element("bdi", {textContent: c.name[i] || c.id[i]}));
  }

  function shareCell(line) {
    const text = line.group !== undefined || c.state[line.i] > 1 ? "" : simcore.shareText(c.criticality[line.i]);
    return simcore.element("div", {className: "row share" + (line.group !== undefined ? " group" : ""), textContent: text});
  }

  function drawLines(plot, all) {
    const palette = simcore.palette();
    const width = Math.max(120, plot.clientWidth), height = HEAD + ROW * all.length;
    const [low, high] = range(shown);
    const x = (minutes) => (minutes - low) / (high - low) * width;
    const picture = svg("svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Gantt chart; the table below has the same values"}, plot);
    drawAxis(picture, low, high, x, width, height, palette);
    for (const date of new Set(dataDates)) {
      if (date !== null && date > low && date < high) svg("line", {x1: x(date), x2: x(date), y1: HEAD, y2: height, stroke: palette.muted, "stroke-width": 1.5, "stroke-dasharray": "4 3"}, picture);
    }
    all.forEach((line, k) => {
      if (line.group !== undefined) svg("rect", {x: 0, y: HEAD + k * ROW, width, height: ROW - 1, fill: palette.grid, opacity: 0.45}, picture);
      else drawActivity(picture, line.i, HEAD + k * ROW, x, palette);
    });
    picture.addEventListener("pointermove", (event) => showTip(event, all[Math.floor((event.clientY - picture.getBoundingClientRect().top - HEAD) / ROW)]));
    picture.addEventListener("pointerleave", () => { tip.hidden = true; });
  }

  function drawActivity(picture, i, top, x, palette) {
    const colour = simcore.criticalityColour(c.criticality[i], c.state[i]);
    const from = c.start[i], to = c.finish[i];
    if (c.kind[i] === 1 && to !== null) {
      const middle = x(to), centre = top + 10;
      svg("path", {d: `M${middle - 6} ${centre}L${middle} ${centre - 6}L${middle + 6} ${centre}L${middle} ${centre + 6}Z`, fill: colour}, picture);
    } else if (from !== null && to !== null) {
      const isSpan = c.kind[i] === 2;
      svg("rect", {x: x(from), y: top + (isSpan ? 7 : 4), width: Math.max(2, x(to) - x(from)), height: isSpan ? 4 : 10, rx: 1.5, fill: isSpan ? palette.planned : colour}, picture);
    }
    if (c.state[i] > 1 || c.finish10[i] === null || c.finish10[i] === c.finish90[i]) return;
    svg("rect", {x: x(c.finish10[i]), y: top + 17, width: Math.max(2, x(c.finish90[i]) - x(c.finish10[i])), height: 5, rx: 1.5, fill: palette.cloud, opacity: 0.75}, picture);
    svg("rect", {x: x(c.finish80[i]) - 1.5, y: top + 14.5, width: 3, height: 10, fill: palette.accent}, picture);
  }

  // Ticks at the starts of days, weeks, months, quarters or years, whichever leaves room for its labels.
  function drawAxis(picture, low, high, x, width, height, palette) {
    const ticks = axisTicks(low, high, Math.max(2, Math.floor(width / 78)));
    for (const [minutes, text] of ticks) {
      svg("line", {x1: x(minutes), x2: x(minutes), y1: HEAD - 6, y2: height, stroke: palette.grid}, picture);
      if (x(minutes) < width - 44) svg("text", {x: x(minutes) + 3, y: HEAD - 10, fill: palette.muted, "font-size": 11.5}, picture, text);
    }
    svg("line", {x1: 0, x2: width, y1: HEAD - 0.5, y2: HEAD - 0.5, stroke: palette.line}, picture);
  }

  function axisTicks(low, high, most) {
    const days = (high - low) / 1440, monthly = days / 30.4;
    const step = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600].find((months) => monthly / months <= most) || 1200;
    return days < 7 * most ? dayTicks(low, high, Math.max(1, Math.ceil(days / most))) : monthTicks(low, high, step);
  }

  function dayTicks(low, high, step) {
    const stepDays = step > 2 ? 7 : step, made = [];
    let day = Math.ceil(low / 1440);
    // whole weeks begin on Mondays
    while (stepDays === 7 && simcore.moment(day * 1440).getUTCDay() !== 1) day += 1;
    for (; day * 1440 < high; day += stepDays) {
      const moment = simcore.moment(day * 1440);
      made.push([day * 1440, moment.getUTCDate() + " " + simcore.months[moment.getUTCMonth()]]);
    }
    return made;
  }

  function monthTicks(low, high, step) {
    const first = simcore.moment(low), made = [];
    let month = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth() + 0.001) / step) * step;
    for (; ; month += step) {
      const year = Math.floor(month / 12), minutes = simcore.minutes(Date.UTC(year, month % 12, 1));
      if (minutes >= high) return made;
      made.push([minutes, step % 12 ? simcore.months[month % 12] + " " + year : String(year)]);
    }
  }

  function showTip(event, line) {
    if (!line || line.group !== undefined) { tip.hidden = true; return; }
    const {i} = line;
    const rows = [
      "Criticality index " + simcore.shareText(c.criticality[i]),
      `Deterministic ${simcore.dateText(c.start[i], false)} to ${simcore.dateText(c.finish[i])}`,
      c.state[i] > 1 ? "completed" : `Finish P10 ${simcore.dateText(c.finish10[i])}, P50 ${simcore.dateText(c.finish50[i])}`,
      c.state[i] > 1 ? "" : `Finish P80 ${simcore.dateText(c.finish80[i])}, P90 ${simcore.dateText(c.finish90[i])}`,
    ];
    tip.replaceChildren(
      simcore.element("b", {}, simcore.element("bdi", {textContent: c.id[i] + " " + c.name[i]})),
      ...rows.filter(Boolean).map((text) => simcore.element("span", {textContent: text})));
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(event.clientX + 14, window.innerWidth - box.width - 8)) + "px";
    tip.style.top = (event.clientY + 18 + box.height > window.innerHeight ? event.clientY - box.height - 12 : event.clientY + 18) + "px";
  }

  simcore.redraws.push((width) => { forcedWidth = width; draw(); });
  let lastWidth = 0;
  new ResizeObserver(() => {
    if (chart.clientWidth !== lastWidth) { lastWidth = chart.clientWidth; draw(); }
  }).observe(chart);
  chooser.restart();
})();
