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
    if (before.innerHTML !== after.innerHTML) before.replaceWith(document.adoptNode(after));
  };
  const turn = () => look().catch(() => say("Not live: the sandbox does not answer.")).finally(() => setTimeout(turn, 1000));
  turn();
}
