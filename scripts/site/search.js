// Searches the sections of all documents. The index is read with the first letter, as a script, which also works from a disk.
(() => {
  const { up } = document.currentScript.dataset;
  const form = document.getElementById("search");
  const input = form.querySelector("input");
  const list = form.querySelector("ul");
  const limit = 20;
  form.hidden = false;

  function load() {
    if (document.getElementById("search-index")) return;
    const script = document.createElement("script");
    script.id = "search-index";
    script.src = `${up}/search-index.js`;
    script.onload = show;
    document.head.append(script);
  }

  function score(section, words) {
    let sum = 0;
    for (const word of words) {
      if (section.title.toLowerCase().includes(word)) sum += 4;
      else if (section.heading.toLowerCase().includes(word)) sum += 3;
      else if (section.text.toLowerCase().includes(word)) sum += 1;
      else return 0;
    }
    // Decisions are dated, so what holds today comes first.
    return section.url.startsWith("decisions/") ? sum / 4 : sum;
  }

  function show() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found =
      words.length === 0
        ? []
        : (window.searchIndex ?? []).map((section) => ({ section, points: score(section, words) }));
    const best = found.filter(({ points }) => points > 0).sort((a, b) => b.points - a.points);
    list.replaceChildren(...best.slice(0, limit).map(({ section }) => row(section)));
    if (words.length > 0 && window.searchIndex && best.length === 0) list.append("Nothing found.");
  }

  function row({ title, heading, text, url }) {
    const link = document.createElement("a");
    link.href = `${up}/${url}`;
    const name = document.createElement("b");
    name.textContent = heading === title ? title : `${title} › ${heading}`;
    const start = document.createElement("span");
    start.textContent = text.slice(0, 120);
    link.append(name, start);
    const item = document.createElement("li");
    item.append(link);
    return item;
  }

  input.addEventListener("input", () => {
    load();
    show();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    input.value = "";
    show();
  });
})();
