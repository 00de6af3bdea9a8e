"use strict";
// Filter, sort and details that open: the page is whole without it.
(() => {
  const table = document.getElementById("table");
  const open = (details) => { if (details instanceof HTMLDetailsElement) details.open = true; };
  const follow = () => open(document.getElementById(location.hash.slice(1)));
  addEventListener("hashchange", follow);
  follow();
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(open));
  if (!table || table.tBodies[0].rows.length < 2) return;

  const rows = [...table.tBodies[0].rows];
  const details = rows.map((row) => document.getElementById(row.querySelector("a").hash.slice(1)));
  const controls = document.getElementById("controls");
  const field = (id) => document.getElementById(id);
  const add = (select, values) => [...new Set(values)].sort().forEach((value) => {
    const option = document.createElement("option");
    option.value = option.textContent = value;
    select.append(option);
  });
  const codes = rows.map((row) => row.dataset.codes.split(" ").filter(Boolean));
  add(field("outcome"), rows.map((row) => row.dataset.outcome));
  add(field("finding"), codes.flat());

  const filter = () => {
    const wanted = field("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const outcome = field("outcome").value;
    const finding = field("finding").value;
    let count = 0;
    rows.forEach((row, at) => {
      const text = row.textContent.toLowerCase();
      const found = finding === "" || (finding === "*" && codes[at].length > 0)
        || (finding === "-" && codes[at].length === 0) || codes[at].includes(finding);
      const shown = found && (outcome === "" || row.dataset.outcome === outcome)
        && wanted.every((word) => text.includes(word));
      row.hidden = !shown;
      if (details[at]) details[at].hidden = !shown;
      if (shown) count += 1;
    });
    field("shown").textContent = `${count} of ${rows.length} logins`;
  };
  controls.addEventListener("input", filter);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(filter));
  controls.hidden = false;
  filter();

  const heads = [...table.tHead.rows[0].cells];
  const order = new Intl.Collator("en", { numeric: true });
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = (row) => row.cells[column].textContent.trim();
      const sorted = [...rows].sort((a, b) => order.compare(key(a), key(b)) * (up ? 1 : -1));
      table.tBodies[0].append(...sorted);
    });
  });
})();
