"use strict";
// Shared by all parts of the page: its data, the reader's colours, number formats, and the figures.
const simcore = {data: JSON.parse(document.getElementById("report-data").textContent)};

(function () {
  const {light, dark} = simcore.data.theme;
  const wantsDark = window.matchMedia("(prefers-color-scheme: dark)");
  const PRINT_WIDTH = 690, PRINT_PAIR = [425, 350];  // of a sheet of A4; figure beside a table: width, height
  let printing = false;

  simcore.palette = () => (wantsDark.matches && !printing ? dark : light);

  simcore.element = function (tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name in made && name !== "list") made[name] = value; else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };

  // Figures come in the light colours; in the dark each is swapped for its partner.
  function dressed(figure) {
    const palette = simcore.palette();
    let text = JSON.stringify(figure);
    if (palette !== light) {
      for (const name of Object.keys(light)) text = text.replaceAll(light[name], palette[name]);
    }
    return JSON.parse(text);
  }

  function draw(place) {
    const {data, layout} = dressed(simcore.data.figures[place.dataset.figure]);
    layout.autosize = !printing;
    if (printing) [layout.width, layout.height] = place.closest(".pair") ? PRINT_PAIR : [PRINT_WIDTH, layout.height];
    const name = simcore.data.title + " " + place.dataset.figure;
    return Plotly.react(place, data, layout, {
      responsive: true, displaylogo: false, toImageButtonOptions: {format: "svg", filename: name},
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    });
  }

  const isOpen = (place) => !place.closest("details:not([open])");
  const drawAll = () => document.querySelectorAll(".figure").forEach((place) => { if (isOpen(place)) draw(place); });

  simcore.redraws = [];
  function redraw() {
    drawAll();
    simcore.redraws.forEach((again) => again(printing ? PRINT_WIDTH : null));
  }

  document.querySelectorAll("details").forEach((details) => details.addEventListener("toggle", () => {
    if (details.open) details.querySelectorAll(".figure").forEach(draw);
  }));
  wantsDark.addEventListener("change", redraw);
  window.addEventListener("beforeprint", () => { printing = true; redraw(); });
  window.addEventListener("afterprint", () => { printing = false; redraw(); });
  drawAll();
})();

(function () {
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const MINUTES = 60000;
  const base = Date.parse(simcore.data.activities.base + "T00:00Z");
  const plain = new Intl.NumberFormat("en", {maximumFractionDigits: 1});

  simcore.months = MONTHS;
  simcore.moment = (minutes) => new Date(base + minutes * MINUTES);
  simcore.minutes = (moment) => (moment - base) / MINUTES;

  // A finish at midnight belongs to the day that ends.
  simcore.dateText = function (minutes, isFinish = true) {
    if (minutes === null) return "–";
    const moment = simcore.moment(isFinish && minutes % 1440 === 0 ? minutes - 1 : minutes);
    return moment.getUTCDate() + " " + MONTHS[moment.getUTCMonth()] + " " + moment.getUTCFullYear();
  };

  simcore.numberText = (value) => (value === null ? "" : plain.format(value).replace("-", "−"));

  // The index comes in hundredths of a per cent; never rounded to certainty or impossibility.
  simcore.shareText = function (index) {
    if (index === null) return "";
    if (index > 0 && index < 10) return "<0.1\u202f%";
    if (index > 9990 && index < 10000) return ">99.9\u202f%";
    if (index > 0 && index < 95 || index > 9905 && index < 10000) return (index / 100).toFixed(1) + "\u202f%";
    return Math.round(index / 100) + "\u202f%";
  };

  simcore.criticalityColour = function (index, state) {
    const {classes, completed} = simcore.data.theme;
    if (state === 2) return completed;
    const found = classes.findIndex(([limit]) => index >= limit * 10000);
    return found < 0 || found === classes.length - 1 ? simcore.palette().rare : classes[found][1];
  };
})();
