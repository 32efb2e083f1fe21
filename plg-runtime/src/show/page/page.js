// The list: search, folds, grouping, tabs, keyboard, print.
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const list = one("list"), search = one("search"), found = one("found"), by = one("by"), unchanged = one("all");
  const plan = document.body.classList.contains("plan");
  const rows = all(".resource");
  const home = rows.map((row) => row.parentElement);
  // What is said above and below the list is searched line by line.
  const lines = all(".losses li, .care li, .left li"), said = all(".losses, .care, :is(.losses, .care, .left) > details, .left");
  const text = new Map([...rows, ...lines].map((row) => [row, row.textContent.toLowerCase()]));
  for (const tool of all("[data-script]")) tool.hidden = false;
  const hidesQuiet = () => plan && !(unchanged && unchanged.checked);
  const seen = (row) => !("gone" in row.dataset) && !(row.classList.contains("quiet") && hidesQuiet());

  // Search, by words that are anywhere in a resource's text. What was open before stands open again afterwards.
  let before = null;
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of text.keys()) row.toggleAttribute("data-gone", !words.every((word) => text.get(row).includes(word)));
    for (const one of said) one.toggleAttribute("data-gone", !all("li:not([data-gone])", one).length);
    const folds = all(".fold"), more = all(".losses details, .care details, .left > details");
    for (const fold of folds) fold.toggleAttribute("data-gone", !all(".resource", fold).some(seen));
    for (const account of all(".account")) account.toggleAttribute("data-gone", !all(".fold:not([data-gone])", account).length);
    if (words.length) {
      before ??= [...folds, ...more].map((fold) => [fold, fold.open]);
      for (const fold of [...folds, ...more]) fold.open = true;
    } else if (before) {
      for (const [fold, open] of before) fold.open = open;
      before = null;
    }
    const kept = rows.filter((row) => !("gone" in row.dataset)), shown = kept.filter(seen).length;
    const hidden = kept.length - shown;
    found.textContent = words.length ? `${shown} found${hidden ? `, and ${hidden} that stay as they are` : ""}` : "";
    label();
    graph.show();
  };
  search.addEventListener("input", filter);
  unchanged?.addEventListener("change", filter);

  // By kind, as it was written, or by file.
  const account = all(".account"), files = new Map();
  const regroup = () => {
    const file = by.value === "part";
    before = null;
    for (const part of account) part.hidden = file;
    for (const fold of files.values()) fold.remove();
    files.clear();
    rows.forEach((row, place) => {
      if (!file) return home[place].append(row);
      const part = row.dataset.part;
      let fold = files.get(part);
      if (!fold) {
        fold = document.createElement("details");
        fold.className = "fold";
        const head = document.createElement("summary"), title = document.createElement("span"), inside = document.createElement("ul");
        title.className = "title";
        title.textContent = part;
        head.append(title);
        inside.className = "resources";
        fold.append(head, inside);
        list.append(fold);
        files.set(part, fold);
      }
      fold.lastChild.append(row);
    });
    let open = 0;
    for (const fold of files.values()) {
      const inside = all(".resource", fold);
      const loud = inside.filter((row) => !row.classList.contains("quiet"));
      fold.classList.toggle("quiet", plan && !loud.length);
      const count = document.createElement("span");
      count.className = "count";
      count.textContent = plan && loud.length ? loud.length : inside.length;
      fold.firstChild.append(" ", count);
      if (open + loud.length <= 80) {
        open += loud.length;
        fold.open = true;
      }
    }
    filter();
  };
  by.addEventListener("change", regroup);

  // All folds at once.
  const button = one("fold");
  const folds = () => all("details", list).filter((fold) => fold.checkVisibility());
  const label = () => {
    const tops = all(".fold").filter((fold) => fold.checkVisibility());
    button.textContent = tops.length && tops.every((fold) => fold.open) ? "Fold all" : "Unfold all";
  };
  button.addEventListener("click", () => {
    const open = button.textContent === "Unfold all";
    for (const fold of all(".fold")) fold.open = open;
    label();
  });
  list.addEventListener("toggle", label, true);

  // Tabs.
  const tabs = all("[role=tab]");
  const choose = (tab, focus) => {
    for (const other of tabs) {
      const is = other === tab;
      other.setAttribute("aria-selected", is);
      other.tabIndex = is ? 0 : -1;
      one(other.getAttribute("aria-controls")).hidden = !is;
    }
    button.hidden = tab.id !== "tab-list";
    if (focus) tab.focus();
    graph.show();
  };
  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      choose(tabs[(tabs.indexOf(tab) + 1) % tabs.length], true);
    });
  }

  // To one resource, wherever it is folded away.
  const go = (id) => {
    const row = one(id);
    if (!row || !row.classList.contains("resource")) return;
    choose(tabs[0]);
    if (row.classList.contains("quiet") && unchanged && !unchanged.checked) unchanged.checked = true;
    if ("gone" in row.dataset) search.value = "";
    filter();
    row.closest(".fold").open = true;
    row.firstElementChild.open = true;
    row.scrollIntoView({ block: "center" });
    row.querySelector("summary").focus({ preventScroll: true });
  };
  const reach = () => go(location.hash.slice(1));
  addEventListener("hashchange", reach);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (link && link.hash === location.hash) reach();
  });

  // Arrows walk the folds, and open and close them; j and k do the same.
  const walk = (step) => {
    const heads = all("summary", list).filter((head) => head.checkVisibility());
    const place = heads.indexOf(document.activeElement);
    const next = heads[place < 0 ? (step > 0 ? 0 : heads.length - 1) : Math.min(heads.length - 1, Math.max(0, place + step))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const head = event.target.closest?.("#list summary");
    if (event.key === "Escape") {
      if (graph.leave()) return;
      search.value = "";
      search.blur();
      filter();
    } else if (event.target.matches?.("input[type=search], select")) {
      if (event.key === "ArrowDown" && event.target === search && !list.hidden) {
        event.preventDefault();
        walk(1);
      }
    } else if (event.key === "/") {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (list.hidden) {
      return;
    } else if (event.key === "j" || (head && event.key === "ArrowDown")) {
      event.preventDefault();
      walk(1);
    } else if (event.key === "k" || (head && event.key === "ArrowUp")) {
      event.preventDefault();
      walk(-1);
    } else if (head && event.key === "ArrowRight") {
      event.preventDefault();
      head.parentElement.open = true;
    } else if (head && event.key === "ArrowLeft") {
      event.preventDefault();
      if (head.parentElement.open) head.parentElement.open = false;
      else head.closest(".fold > ul")?.previousElementSibling.focus();
    }
  });

  one("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  // On paper everything that changes is unfolded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details").filter((fold) => !fold.open);
    for (const fold of folded) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of folded) fold.open = false;
  });

  const graph = drawGraph(rows, { seen, go, by, quiet: hidesQuiet });
  by.addEventListener("change", graph.show);
  if (!plan) choose(one("tab-graph"));
  label();
  if (location.hash) reach();
})();
