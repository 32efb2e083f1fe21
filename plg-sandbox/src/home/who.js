// Who gets what: asks the sandbox what a person who is typed in gets of every flag, again whenever the page is renewed.
{
  // `plan=pro` on a line of its own; a value is JSON where it is that, and a text elsewhere.
  const pairs = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
    const at = line.indexOf("=");
    if (at < 1) throw new Error(`write NAME=VALUE instead of “${line}”`);
    const value = line.slice(at + 1).trim();
    try {
      return [line.slice(0, at).trim(), JSON.parse(value)];
    } catch {
      return [line.slice(0, at).trim(), value];
    }
  });
  const body = (form) => {
    const { id, person, groups } = form.elements;
    const asked = { id: id.value, person: Object.fromEntries(pairs(person.value)), groups: {}, group_properties: {} };
    for (const [name, value] of pairs(groups.value)) {
      const dot = name.indexOf(".");
      if (dot < 0) asked.groups[name] = value;
      else (asked.group_properties[name.slice(0, dot)] ??= {})[name.slice(dot + 1)] = value;
    }
    return asked;
  };
  const card = (template, flag) => {
    const one = template.content.cloneNode(true);
    const value = typeof flag.value === "string" ? flag.value : String(flag.value);
    one.querySelector("code").textContent = flag.key;
    const state = one.querySelector(".state");
    state.textContent = value;
    state.classList.toggle("on", flag.value !== false);
    const payload = flag.payload === null || flag.payload === undefined ? "" : `, payload ${JSON.stringify(flag.payload)}`;
    one.querySelector("p").textContent = flag.reason.description + payload;
    one.querySelector("ul").append(...flag.because.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }));
    return one;
  };
  // The last question of each form, so that an answer that comes late is not shown over a newer one.
  const turns = new WeakMap();
  const evaluate = async (form) => {
    const section = form.closest("section");
    const [said, answers] = [section.querySelector(".said"), section.querySelector(".answers")];
    const turn = (turns.get(form) ?? 0) + 1;
    turns.set(form, turn);
    try {
      const asked = body(form);
      const answer = await fetch(form.dataset.asks, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked),
      });
      const told = await answer.json();
      if (turns.get(form) !== turn) return;
      if (!answer.ok) throw new Error(told.error);
      const known = told.is_known ? "known here" : "not known here";
      said.textContent = `${told.id} is ${known}; ${told.flags.length === 1 ? "1 flag" : `${told.flags.length} flags`}.`;
      answers.replaceChildren(...told.flags.map((flag) => card(section.querySelector("template"), flag)));
    } catch (error) {
      if (turns.get(form) !== turn) return;
      said.textContent = `Not evaluated: ${error.message}.`;
      answers.replaceChildren();
    }
  };
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.who")) return;
    event.preventDefault();
    event.target.dataset.asked = "";
    evaluate(event.target);
  });
  document.addEventListener("renewed", () => document.querySelectorAll("form.who[data-asked]").forEach(evaluate));
}
