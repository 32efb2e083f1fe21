"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const boxes = all(".box"), resources = all(".resource");
  const boxOf = new Map(boxes.map((box) => [box.hash.slice(1), box]));
  const needs = new Map(boxes.map((box) => [box.hash.slice(1), box.dataset.needs.split(" ").filter((id) => boxOf.has(id))]));

  // Lines from each box to what it needs.
  const svg = document.querySelector(".edges"), graph = document.querySelector(".graph");
  const draw = () => {
    const frame = graph.getBoundingClientRect();
    const at = (box) => {
      const r = box.getBoundingClientRect();
      return { left: r.left - frame.left + graph.scrollLeft, right: r.right - frame.left + graph.scrollLeft,
        y: r.top - frame.top + graph.scrollTop + r.height / 2 };
    };
    svg.setAttribute("width", graph.scrollWidth);
    svg.setAttribute("height", graph.scrollHeight);
    svg.replaceChildren();
    for (const [id, others] of needs) {
      const box = boxOf.get(id);
      for (const other of others) {
        const from = boxOf.get(other);
        if (!from || "gone" in box.dataset || "gone" in from.dataset) continue;
        const a = at(from), b = at(box), middle = (a.right + b.left) / 2;
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        path.setAttribute("d", `M${a.right} ${a.y}C${middle} ${a.y} ${middle} ${b.y} ${b.left} ${b.y}`);
        path.dataset.ends = `${id} ${other}`;
        svg.append(path);
      }
    }
  };
  const near = (id) => {
    for (const path of svg.children) path.classList.toggle("on", path.dataset.ends.split(" ").includes(id));
    for (const [other, box] of boxOf) {
      box.classList.toggle("near", other === id || (needs.get(id) || []).includes(other) || needs.get(other).includes(id));
    }
  };
  for (const box of boxes) {
    for (const event of ["mouseenter", "focus"]) box.addEventListener(event, () => near(box.hash.slice(1)));
    for (const event of ["mouseleave", "blur"]) box.addEventListener(event, () => near(""));
  }

  // Search, by any word of a resource's text.
  const search = one("search"), only = one("only"), found = one("found");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const resource of resources) {
      const text = resource.textContent.toLowerCase();
      const keep = words.every((word) => text.includes(word)) && !(only && only.checked && resource.classList.contains("same"));
      resource.toggleAttribute("data-gone", !keep);
      boxOf.get(resource.id)?.toggleAttribute("data-gone", !keep);
      count += keep;
    }
    for (const heading of all("h3")) {
      heading.toggleAttribute("data-gone", !heading.nextElementSibling.querySelector(".resource:not([data-gone])"));
    }
    found.textContent = words.length || (only && only.checked) ? `${count} of ${resources.length} shown` : "";
    draw();
  };
  search.addEventListener("input", filter);
  only?.addEventListener("change", filter);

  // One after the other, by keyboard.
  let here = null;
  const go = (step) => {
    const shown = resources.filter((resource) => !("gone" in resource.dataset));
    if (!shown.length) return;
    const place = shown.indexOf(here);
    here?.classList.remove("here");
    here = shown[place < 0 ? (step > 0 ? 0 : shown.length - 1) : Math.min(shown.length - 1, Math.max(0, place + step))];
    here.classList.add("here");
    here.focus();
    here.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      search.value = "";
      if (only) only.checked = false;
      search.blur();
      filter();
    } else if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") {
      return;
    } else if (event.key === "/") {
      event.preventDefault();
      search.focus();
    } else if (event.key === "j" || event.key === "k") {
      go(event.key === "j" ? 1 : -1);
    }
  });

  one("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  document.querySelector(".tools").hidden = false;
  addEventListener("resize", draw);
  draw();
})();
