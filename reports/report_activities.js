"use strict";
// Choosing, sorting and paging activities (for the Gantt too), and the table of all of them.
simcore.Chooser = class {
  // Filters, order and page of a list of activities, with its own controls.
  constructor(name, orders, sizes, onChange) {
    this.columns = simcore.data.activities.columns;
    this.count = this.columns.id.length;
    Object.assign(this, {name, orders, onChange, size: sizes[0], page: 0, order: orders[0], down: false, query: ""});
    this.filter = "open";
    if (!this.chosen().length) this.filter = "all";
    this.rows = null;
    this.buildTools();
    this.buildPager(sizes);
  }

  static FILTERS = {
    open: ["Open", (c, i) => c.state[i] < 2 && c.kind[i] < 2],
    critical: ["Critical ≥ 5 %", (c, i) => c.state[i] < 2 && c.kind[i] < 2 && c.criticality[i] >= 500],
    milestones: ["Milestones", (c, i) => c.kind[i] === 1],
    all: ["All", () => true],
  };

  static texts() {
    // Lower-case text that a search looks into, made on the first search.
    if (!simcore.searchTexts) {
      const {columns, paths} = simcore.data.activities;
      simcore.searchTexts = columns.id.map((id, i) => (id + " " + columns.name[i] + " " + (paths[columns.wbs[i]] || "")).toLowerCase());
    }
    return simcore.searchTexts;
  }

  buildTools() {
    const place = document.querySelector(`[data-tools="${this.name}"]`);
    const search = simcore.element("input", {type: "search", placeholder: "id, name or WBS", "aria-label": "Search"});
    search.addEventListener("input", () => { this.query = search.value; this.restart(); });
    const filter = simcore.element("select", {}, ...Object.entries(simcore.Chooser.FILTERS).map(([key, [text]]) => new Option(text, key)));
    filter.value = this.filter;
    filter.addEventListener("change", () => { this.filter = filter.value; this.restart(); });
    place.append(simcore.element("label", {}, "Search", search), simcore.element("label", {}, "Show", filter));
    if (this.orders.length > 1) {
      this.orderSelect = simcore.element("select", {}, ...this.orders.map((order, k) => new Option(order.text, k)));
      this.orderSelect.addEventListener("change", () => { this.order = this.orders[this.orderSelect.value]; this.restart(); });
      place.append(simcore.element("label", {}, "Order", this.orderSelect));
    }
    this.tools = place;
  }

  buildPager(sizes) {
    const place = document.querySelector(`[data-pager="${this.name}"]`);
    const button = (text, label, step) => {
      const made = simcore.element("button", {type: "button", textContent: text, ariaLabel: label});
      made.addEventListener("click", () => { this.page += step; this.show(); });
      return made;
    };
    this.back = button("‹ Back", "Previous page", -1);
    this.next = button("Next ›", "Next page", 1);
    this.place = simcore.element("span", {role: "status"});
    const size = simcore.element("select", {ariaLabel: "Rows on a page"}, ...sizes.map((n) => new Option(n + " rows", n)));
    size.addEventListener("change", () => { this.size = Number(size.value); this.restart(); });
    place.append(this.back, this.next, this.place, size);
  }

  sortBy(order, down) {
    Object.assign(this, {order, down});
    this.restart();
  }

  restart() {
    this.page = 0;
    this.rows = null;
    this.show();
  }

  chosen() {
    if (this.rows) return this.rows;
    const keep = simcore.Chooser.FILTERS[this.filter][1];
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    const texts = words.length ? simcore.Chooser.texts() : null;
    const rows = [];
    for (let i = 0; i < this.count; i++) {
      if (keep(this.columns, i) && (!texts || words.every((word) => texts[i].includes(word)))) rows.push(i);
    }
    this.rows = this.sorted(rows);
    return this.rows;
  }

  // Unknown values come last either way; equals stay in plan order.
  sorted(rows) {
    const key = this.order.key;
    if (!key) return rows;
    const values = new Map(rows.map((row) => [row, key(row)]));
    const compare = this.order.isText ? new Intl.Collator("en", {numeric: true}).compare : (a, b) => a - b;
    const sign = this.down ? -1 : 1;
    return rows.sort((a, b) => {
      const x = values.get(a), y = values.get(b);
      if (x === null || y === null) return (x === null) - (y === null);
      return sign * compare(x, y);
    });
  }

  show() {
    const rows = this.chosen();
    const pages = Math.max(1, Math.ceil(rows.length / this.size));
    this.page = Math.min(Math.max(this.page, 0), pages - 1);
    const first = this.page * this.size;
    const shown = rows.slice(first, first + this.size);
    this.back.disabled = this.page === 0;
    this.next.disabled = this.page === pages - 1;
    const of = rows.length.toLocaleString("en");
    this.place.textContent = rows.length ? `${(first + 1).toLocaleString("en")}–${(first + shown.length).toLocaleString("en")} of ${of}` : "No activity matches";
    this.onChange(shown);
  }
};

(function () {
  const {columns: c, paths} = simcore.data.activities;
  const KINDS = ["task", "milestone", "summary"], STATES = ["not started", "in progress", "completed", "inactive"];
  const wbs = (i) => paths[c.wbs[i]] || "";
  const date = (name) => ({key: (i) => c[name][i], show: (i) => simcore.dateText(c[name][i], name !== "start")});
  const number = (name) => ({key: (i) => c[name][i], show: (i) => simcore.numberText(c[name][i])});
  const delay = (i) => (c.finish80[i] === null || c.finish[i] === null ? null : Math.round((c.finish80[i] - c.finish[i]) / 1440));

  const HEADS = [
    {text: "Id", isText: true, key: (i) => c.id[i], show: (i) => c.id[i]},
    {text: "Name", isText: true, key: (i) => c.name[i], show: (i) => c.name[i]},
    {text: "WBS", isText: true, key: wbs, show: wbs},
    {text: "Criticality index", key: (i) => c.criticality[i], show: (i) => simcore.shareText(c.criticality[i]), bar: true},
    {text: "Std. error", key: (i) => c.error[i], show: (i) => (c.error[i] === null ? "" : "±" + (c.error[i] / 100).toFixed(1) + "\u202f%")},
    ...(c.exists ? [{text: "Exists in", key: (i) => c.exists[i], show: (i) => simcore.shareText(c.exists[i])}] : []),
    {text: "Finish", ...date("finish")},
    {text: "Finish P80", ...date("finish80")},
    {text: "P80 vs plan, d", key: delay, show: (i) => simcore.numberText(delay(i))},
    {text: "Total float, d", ...number("float")},
    {text: "Remaining, d", ...number("duration")},
    {text: "Finish P10", ...date("finish10")},
    {text: "Finish P50", ...date("finish50")},
    {text: "Finish P90", ...date("finish90")},
    {text: "Start", ...date("start")},
    {text: "Status", isText: true, key: (i) => STATES[c.state[i]], show: (i) => STATES[c.state[i]]},
    {text: "Type", isText: true, key: (i) => KINDS[c.kind[i]], show: (i) => KINDS[c.kind[i]]},
  ];
  const CRITICALITY = HEADS[3];

  const body = simcore.element("tbody");
  const heads = HEADS.map(header);
  document.getElementById("activity-table").append(
    simcore.element("table", {}, simcore.element("thead", {}, simcore.element("tr", {}, ...heads)), body));
  const chooser = new simcore.Chooser("activities", [CRITICALITY], [25, 50, 100, 250], show);
  const save = simcore.element("button", {type: "button", textContent: "Save as CSV"});
  save.addEventListener("click", saveCsv);
  chooser.tools.append(save);
  sort(CRITICALITY, true);
  simcore.redraws.push(() => chooser.show());

  function header(head) {
    const button = simcore.element("button", {type: "button", textContent: head.text});
    // text begins at A, numbers at the largest, dates at the earliest; a second click turns it round
    const firstDown = !head.isText && !/Start|Finish/.test(head.text);
    button.addEventListener("click", () => sort(head, chooser.order === head ? !chooser.down : firstDown));
    return simcore.element("th", {scope: "col", className: head.isText ? "" : "num"}, button);
  }

  function sort(head, down) {
    heads.forEach((cell, k) => cell.setAttribute("aria-sort", HEADS[k] !== head ? "none" : down ? "descending" : "ascending"));
    chooser.sortBy(head, down);
  }

  function show(rows) {
    body.replaceChildren(...rows.map((i) => simcore.element("tr", {}, ...HEADS.map((head, k) => cell(head, i, k)))));
  }

  function cell(head, i, k) {
    const made = simcore.element(k ? "td" : "th", {className: head.isText ? "text" : "num"});
    if (k === 0) made.scope = "row";
    const text = head.show(i);
    made.append(head.isText ? simcore.element("bdi", {textContent: text}) : text);
    if (head.bar) made.append(bar(i));
    if (head.isText) made.title = text;
    return made;
  }

  function bar(i) {
    const fill = simcore.element("i");
    fill.style.cssText = `width:${c.criticality[i] / 100}%;background:${simcore.criticalityColour(c.criticality[i], c.state[i])}`;
    return simcore.element("span", {className: "bar"}, fill);
  }

  function saveCsv() {
    // a text that a spreadsheet would take for a formula is given a leading apostrophe
    const quoted = (text, isText) => '"' + (isText && /^[=+\-@\t\r]/.test(text) ? "'" : "") + text.replaceAll('"', '""') + '"';
    const lines = [HEADS.map((head) => quoted(head.text)), ...chooser.chosen().map((i) => HEADS.map((head) => quoted(plain(head, i), head.isText)))];
    const file = new Blob(["\ufeff" + lines.map((line) => line.join(",")).join("\r\n") + "\r\n"], {type: "text/csv"});
    const link = simcore.element("a", {href: URL.createObjectURL(file), download: "activities.csv"});
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // For machines: numbers as they are, dates in ISO form.
  function plain(head, i) {
    const value = head.key(i);
    if (value === null) return "";
    if (/^(Start|Finish)/.test(head.text)) return simcore.moment(value).toISOString().slice(0, 16);
    return String(head === CRITICALITY || head.text === "Std. error" ? value / 10000 : value);
  }
})();
