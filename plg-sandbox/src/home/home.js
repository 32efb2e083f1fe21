// Keeps the page as the sandbox is: asks the sandbox it came from, and nobody else, once a second.
"use strict";
{
  const said = document.getElementById("live");
  let tag = null;
  const say = (text) => { if (said.textContent !== text) said.textContent = text; };
  const build = document.getElementById("build");
  let built = build.innerHTML;
  const timed = () => build.querySelectorAll("time").forEach((at) => { at.textContent = new Date(at.dateTime).toLocaleTimeString(); });
  timed();
  // Puts in place what is other than before. What is kept has what somebody typed into it.
  const renew = (before, after) => {
    if (before.isEqualNode(after) || before.hasAttribute("data-kept")) return;
    const [old, fresh] = [[...before.children], [...after.children]];
    if (old.length === fresh.length && before.querySelector("[data-kept]")) old.forEach((one, at) => renew(one, fresh[at]));
    else before.replaceWith(document.adoptNode(after));
  };
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch("/", { headers: tag ? { "if-none-match": tag } : {}, cache: "no-store" });
    say("Live: this page follows the sandbox.");
    if (answer.status !== 200) return;
    tag = answer.headers.get("etag");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = page.getElementById("build");
    if (built !== told.innerHTML) {
      built = told.innerHTML;
      build.replaceChildren(...document.adoptNode(told).childNodes);
      timed();
    }
    const [before, after] = [document.querySelector("main"), page.querySelector("main")];
    renew(before, after);
    document.dispatchEvent(new Event("renewed"));
  };
  const turn = () => look().catch(() => say("Not live: the sandbox does not answer.")).finally(() => setTimeout(turn, 1000));
  turn();
}
