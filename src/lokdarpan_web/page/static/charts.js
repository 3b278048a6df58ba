// Draws the charts: each figure names the address of its specification, which core made (lokdarpan_core.charts).
// Vega speaks of errors alone (its log level 1): it warns of each chart without data.
const BARE = { // without eval, and without styles and menus of its own
  mode: "vega-lite", ast: true, actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true }, logLevel: 1,
};
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const specifications = new Map();

function theme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [ink, muted, rule] = [colour("--ink"), colour("--muted"), colour("--rule")];
  const font = getComputedStyle(document.body).fontFamily;
  return {
    background: "transparent",
    font,
    view: { stroke: null },
    axis: { labelColor: ink, titleColor: muted, gridColor: rule, domainColor: rule, tickColor: rule,
            labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelLimit: 220, labelSeparation: 8 },
    legend: { labelColor: ink, titleColor: muted, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
    header: { labelColor: ink, titleColor: muted },
    text: { color: ink, fontSize: 12 },
    title: { color: ink },
  };
}

// Core draws for paper: on a dark page its black becomes the page's ink, and its blue the page's own.
function inked(specification) {
  const style = getComputedStyle(document.documentElement);
  const colours = { black: style.getPropertyValue("--ink").trim(), "#1f4e79": style.getPropertyValue("--accent").trim() };
  return JSON.parse(JSON.stringify(specification), (key, value) =>
    (key === "value" || key === "color") && colours[value] ? colours[value] : value);
}

async function draw(place) {
  if (!specifications.has(place)) {
    const answer = await fetch(place.dataset.chart, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${answer.status} for ${place.dataset.chart}`);
    specifications.set(place, await answer.json());
  }
  await window.vegaEmbed(place, inked(specifications.get(place)), {
    ...BARE, renderer: "svg", config: theme(),
  });
  place.querySelector("svg")?.setAttribute("aria-hidden", "true"); // the place has a name, and the table the numbers
  place.dataset.drawn = "";
}

// A PNG is made here, where every script is shaped and the page has its fonts; the server's own is in English.
async function savePng(link) {
  const address = new URL(link.href);
  const parts = address.pathname.split("/").filter((part) => part && !["ward", "charts"].includes(part));
  address.pathname = address.pathname.replace(/png$/, "json");
  address.searchParams.set("whole", "1");
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
  const drawn = await window.vegaEmbed(document.createElement("div"), await answer.json(), {
    ...BARE, renderer: "canvas", config: { font: getComputedStyle(document.body).fontFamily },
  });
  const save = document.createElement("a");
  save.href = await drawn.view.toImageURL("png", 2);
  save.download = parts.slice(-2).join("-");
  save.click();
  drawn.finalize();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[download][href*=".png"]');
  if (!link) return;
  event.preventDefault();
  savePng(link).catch(() => { location.href = link.href; }); // what the server draws
});

async function drawAll() {
  for (const place of document.querySelectorAll("[data-chart]")) {
    try {
      await draw(place);
    } catch (error) {
      place.hidden = true; // the table below says the same
      place.closest("figure")?.querySelector("details")?.setAttribute("open", "");
      console.error(error);
    }
  }
  document.documentElement.dataset.charts = "drawn";
}

dark.addEventListener("change", drawAll);
await drawAll();
