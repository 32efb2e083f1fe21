"use strict";
// The graph: what each resource needs stands to its left. Clusters are kinds or files; a click shows one resource
// with what it needs and what needs it.
const drawGraph = (rows, page) => {
  const WIDE = 208, HIGH = 22, GAP = 4, HEAD = 28, EDGE = 8, BETWEEN = 64, TALL = 760, MANY = 130, SHUT = 64;
  // What matters most first.
  const TONES = [["lost", "−"], ["replaced", "±"], ["changed", "~"], ["new", "+"], ["same", "="]];
  const make = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  // What is declared inside another stands right under it, and in its column.
  let above = null;
  const nodes = new Map(rows.map((row) => {
    const child = row.classList.contains("child");
    if (!child) above = row;
    const full = row.querySelector(".address").textContent, kind = row.dataset.kind;
    const tone = TONES.map(([name]) => name).find((name) => row.classList.contains(name));
    return [row.id, { id: row.id, row, full, kind, child, above: above.id, cluster: above.dataset.kind, name: full.slice(kind.length + 1), part: row.dataset.part, wave: +above.dataset.wave,
      tone, sign: row.querySelector(".sign").textContent, word: row.querySelector(".word")?.textContent || "",
      needs: row.dataset.needs.split(" "), needed: [] }];
  }));
  for (const node of nodes.values()) {
    node.needs = node.needs.filter((id) => nodes.has(id) && id !== node.id);
    for (const id of node.needs) nodes.get(id).needed.push(node.id);
  }
  const panel = document.getElementById("graph");
  const bar = make("div", "canvas-tools"), says = make("p"), canvas = make("div", "canvas"), sized = make("div", "sized"), drawn = make("div", "drawn");
  const back = make("button", "", "All resources"), inList = make("button", "", "Show in the list");
  const less = make("button", "", "−"), more = make("button", "", "+"), fit = make("button", "", "Fit");
  for (const button of [back, inList, less, more, fit]) button.type = "button";
  less.setAttribute("aria-label", "Smaller");
  more.setAttribute("aria-label", "Larger");
  says.setAttribute("role", "status");
  bar.append(back, inList, says, less, fit, more);
  sized.append(drawn);
  canvas.append(sized);
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", "Graph of resources");
  panel.append(bar, canvas);

  let centre = null, zoom = 1, size = [0, 0], boxes = new Map(), edges = [];
  const open = new Set();

  // What is referred to only is drawn, and not counted.
  const counted = (ids) => ids.filter((id) => !nodes.get(id).row.classList.contains("other")).length;

  // Which nodes are drawn, each with its column.
  const chosen = () => {
    if (centre) {
      const node = nodes.get(centre), columns = new Map(node.needs.map((id) => [id, 0]));
      for (const id of node.needed) columns.set(id, 2);
      return columns.set(centre, 1);
    }
    const kept = new Set([...nodes.values()].filter((node) => page.seen(node.row)).map((node) => node.id));
    // What a change needs and what needs it is seen with it, though it stays as it is.
    if (page.quiet() && !document.getElementById("search").value) {
      for (const id of [...kept]) for (const other of [...nodes.get(id).needs, ...nodes.get(id).needed]) kept.add(other);
    }
    const waves = [...new Set([...kept].map((id) => nodes.get(id).wave))].sort((a, b) => a - b);
    return new Map([...nodes.keys()].filter((id) => kept.has(id)).map((id) => [id, waves.indexOf(nodes.get(id).wave)]));
  };

  const draw = () => {
    const columns = chosen(), cluster = (node) => page.by.value === "part" ? node.part : centre ? node.kind : node.cluster;
    const many = !centre && columns.size > MANY;
    const parts = new Map();
    for (const [id, column] of columns) {
      const name = cluster(nodes.get(id)), shut = many && !open.has(name), key = shut ? name : `${column} ${name}`;
      const part = parts.get(key) || { name, column, shut, nodes: [] };
      part.column = Math.min(part.column, column);
      part.nodes.push(nodes.get(id));
      parts.set(key, part);
    }
    drawn.replaceChildren();
    boxes = new Map();
    const places = new Map();
    const last = Math.max(0, ...[...parts.values()].map((part) => part.column));
    let left = 16, bottom = 0;
    for (let column = 0; column <= last; column++) {
      const own = [...parts.values()].filter((part) => part.column === column);
      if (!own.length) continue;
      let top = 44, wide = 0, from = left;
      for (const part of own) {
        const across = part.shut ? 1 : Math.ceil(part.nodes.length / Math.floor((TALL - HEAD) / (HIGH + GAP)));
        const down = Math.ceil(part.nodes.length / across);
        const width = across * (WIDE + EDGE) + EDGE, height = part.shut ? SHUT : HEAD + down * (HIGH + GAP) + EDGE - GAP;
        if (top > 44 && top + height > TALL + 44) {
          left += wide + 20;
          top = 44;
          wide = 0;
        }
        box(part, { left, top, width, height, down }, many, places);
        bottom = Math.max(bottom, top + height);
        top += height + 12;
        wide = Math.max(wide, width);
      }
      const titles = ["Needs", "", "Needed by"];
      const title = make("div", "over", centre ? titles[column] : many && !open.size ? "" : `Wave ${column + 1}`);
      title.style.left = `${from + 2}px`;
      title.style.top = "14px";
      drawn.append(title);
      left += wide + BETWEEN;
    }
    size = [left - BETWEEN + 16, bottom + 16];
    lines(columns, places);
    scale(zoom);
    back.hidden = inList.hidden = !centre;
    if (centre) says.textContent = `${nodes.get(centre).full}: needs ${nodes.get(centre).needs.length}, needed by ${nodes.get(centre).needed.length}`;
    else if (many) says.textContent = `${counted([...columns.keys()])} resources in ${new Set([...parts.values()].map((part) => part.name)).size} clusters: a click opens or closes one.`;
    else says.textContent = `${counted([...columns.keys()])} of ${counted([...nodes.keys()])} resources. What each needs is to its left; a click shows one with its neighbours.`;
    const stops = [...drawn.querySelectorAll("button")];
    stops.forEach((stop, place) => stop.tabIndex = place ? -1 : 0);
  };

  const box = (part, at, many, places) => {
    const around = make("div", `cluster${part.shut ? " shut" : ""}`);
    Object.assign(around.style, { left: `${at.left}px`, top: `${at.top}px`, width: `${at.width}px`, height: `${at.height}px` });
    const name = make(many ? "button" : "div", "name", part.name);
    if (many) {
      name.type = "button";
      name.dataset.cluster = part.name;
      name.setAttribute("aria-expanded", !part.shut);
    }
    if (part.shut) {
      const tally = make("span", "tally"), plain = document.body.classList.contains("stack");
      if (plain) tally.append(`${part.nodes.length} resources`);
      for (const [tone, sign] of plain ? [] : TONES) {
        const n = part.nodes.filter((node) => node.tone === tone).length;
        if (!n) continue;
        if (!around.dataset.tone && tone !== "same") around.classList.add(around.dataset.tone = tone);
        tally.append(make("b", tone, `${sign}${n}`));
      }
      name.append(tally);
    }
    around.append(name);
    part.nodes.forEach((node, place) => {
      const column = Math.floor(place / at.down), x = EDGE + column * (WIDE + EDGE), y = HEAD + (place % at.down) * (HIGH + GAP);
      if (part.shut) return places.set(node.id, { left: at.left, right: at.left + at.width, y: at.top + at.height / 2, box: around, key: part.name });
      const button = make("button", `node ${node.tone}${node.id === centre ? " centre" : ""}`);
      button.type = "button";
      button.dataset.id = node.id;
      button.title = `${node.full}${node.word ? `: ${node.word}` : ""}`;
      const inset = node.child && !centre ? 14 : 0;
      Object.assign(button.style, { left: `${x + inset}px`, top: `${y}px`, width: `${WIDE - inset}px` });
      if (node.sign) button.append(make("span", "sign", node.sign));
      button.firstChild?.setAttribute("aria-hidden", "true");
      if (page.by.value === "part" || inset) button.append(make("span", "of", `${node.kind} `));
      button.append(inset ? node.name.split(".").pop() : node.name);
      if (node.word) button.append(make("span", "unseen", `: ${node.word}`));
      around.append(button);
      boxes.set(node.id, button);
      places.set(node.id, { left: at.left + x, right: at.left + x + WIDE, y: at.top + y + HIGH / 2, box: button, key: node.id });
    });
    drawn.append(around);
  };

  const SVG = "http://www.w3.org/2000/svg";
  const lines = (columns, places) => {
    const svg = document.createElementNS(SVG, "svg"), together = new Map();
    svg.setAttribute("width", size[0]);
    svg.setAttribute("height", size[1]);
    svg.setAttribute("aria-hidden", "true");
    for (const id of columns.keys()) {
      for (const other of nodes.get(id).needs) {
        const to = places.get(id), from = places.get(other);
        if (!from || from.key === to.key || (!centre && nodes.get(id).above === nodes.get(other).above) || (centre && id !== centre && other !== centre)) continue;
        const key = `${from.key} ${to.key}`, edge = together.get(key) || { from, to, n: 0 };
        edge.n += 1;
        together.set(key, edge);
      }
    }
    edges = [...together.values()].map(({ from, to, n }) => {
      const path = document.createElementNS(SVG, "path"), bend = Math.max(30, Math.abs(to.left - from.right) / 2);
      path.setAttribute("d", `M${from.right} ${from.y}C${from.right + bend} ${from.y} ${to.left - bend} ${to.y} ${to.left} ${to.y}`);
      path.setAttribute("stroke-width", Math.min(5, 1 + Math.log2(n)));
      svg.append(path);
      return { path, from: from.box, to: to.box };
    });
    drawn.prepend(svg);
  };

  const scale = (to) => {
    zoom = Math.min(2, Math.max(.2, to));
    drawn.style.transform = `scale(${zoom})`;
    drawn.style.width = `${size[0]}px`;
    drawn.style.height = `${size[1]}px`;
    sized.style.width = `${size[0] * zoom}px`;
    sized.style.height = `${size[1] * zoom}px`;
  };
  // What does not fit is scrolled: smaller than this nobody reads it.
  const LEAST = matchMedia("(max-width: 44rem)").matches ? .95 : .75;
  const whole = (least) => scale(Math.min(1, Math.max(least, Math.min((canvas.clientWidth - 2) / size[0], (canvas.clientHeight - 2) / size[1]))));
  fit.addEventListener("click", () => whole(.2));
  less.addEventListener("click", () => scale(zoom / 1.25));
  more.addEventListener("click", () => scale(zoom * 1.25));
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = canvas.getBoundingClientRect(), x = event.clientX - frame.left, y = event.clientY - frame.top, was = zoom;
    const at = [(canvas.scrollLeft + x) / was, (canvas.scrollTop + y) / was];
    scale(zoom * Math.exp(-event.deltaY / 300));
    canvas.scrollLeft = at[0] * zoom - x;
    canvas.scrollTop = at[1] * zoom - y;
  }, { passive: false });

  // With a mouse the canvas is dragged; a finger scrolls it.
  let held = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button || event.target.closest("button")) return;
    held = [event.clientX + canvas.scrollLeft, event.clientY + canvas.scrollTop];
    canvas.classList.add("held");
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (held) canvas.scrollTo(held[0] - event.clientX, held[1] - event.clientY);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      held = null;
      canvas.classList.remove("held");
    });
  }

  const light = (target) => {
    const hit = target?.closest?.(".node, .cluster.shut");
    for (const near of drawn.querySelectorAll(".near")) near.classList.remove("near");
    for (const edge of edges) {
      const on = !!hit && (edge.from === hit || edge.to === hit);
      edge.path.classList.toggle("on", on);
      if (on) for (const end of [edge.from, edge.to]) end.classList.add("near");
    }
  };
  drawn.addEventListener("mouseover", (event) => light(event.target));
  drawn.addEventListener("mouseleave", () => light(null));
  drawn.addEventListener("focusin", (event) => light(event.target));

  const show = (id) => {
    centre = id;
    draw();
    whole(LEAST);
    canvas.scrollTo(0, 0);
    (id ? boxes.get(id) : drawn.querySelector("button"))?.focus();
  };
  drawn.addEventListener("click", (event) => {
    const node = event.target.closest(".node"), name = event.target.closest("[data-cluster]")?.dataset.cluster;
    if (node) return node.dataset.id === centre ? page.go(centre) : show(node.dataset.id);
    if (!name) return;
    if (!open.delete(name)) open.add(name);
    draw();
    [...drawn.querySelectorAll("[data-cluster]")].find((one) => one.dataset.cluster === name)?.focus();
  });
  back.addEventListener("click", () => show(null));
  inList.addEventListener("click", () => page.go(centre));

  // One stop for the tab key; arrows walk from there.
  drawn.addEventListener("keydown", (event) => {
    const stops = [...drawn.querySelectorAll("button")], here = stops.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step || here < 0) return;
    event.preventDefault();
    const next = stops[Math.min(stops.length - 1, Math.max(0, here + step))];
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  let last = "";
  return {
    show: () => {
      if (panel.hidden) return;
      const first = last === "", now = JSON.stringify([page.by.value, page.quiet(), document.getElementById("search").value]);
      if (now === last) return;
      last = now;
      centre = null;
      draw();
      if (first) whole(LEAST);
    },
    // Back from one resource to all of them; false where all are shown.
    leave: () => {
      if (panel.hidden || !centre) return false;
      show(null);
      return true;
    },
  };
};
