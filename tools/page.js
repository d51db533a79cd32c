/* What the page gains with JavaScript: search, keys, flame graphs. Texts of the program's
 * become text nodes and nothing else. */
"use strict";
(() => {
const $ = id => document.getElementById(id);
const graphs = JSON.parse($("data").textContent);
const cards = [...document.querySelectorAll("#findings article")];
const links = [...document.querySelectorAll("nav li")];
const rows = [...document.querySelectorAll("details.row")];
const locks = [...document.querySelectorAll("#locks details.row > summary")];
const STEP = 18;

function make(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

function bytes(v) {
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (v < 1024 || unit === "GiB") return (v < 10 && unit !== "B" ? v.toFixed(1) : Math.round(v)) + " " + unit;
    v /= 1024;
  }
}
function duration(v) {
  for (const unit of ["ns", "us", "ms"]) {
    if (v < 1000) return (v < 10 && v % 1 ? v.toFixed(1) : Math.round(v)) + " " + unit;
    v /= 1000;
  }
  return (v < 10 ? v.toFixed(1) : Math.round(v)) + " s";
}
const amount = (v, unit) => (unit === "ns" ? duration(v) : bytes(v));

/* ---------------------------------------------------------------- findings: search, kinds, keys */

const kinds = new Set();
const texts = cards.map(c => c.textContent.toLowerCase());
for (const row of rows) row.text = row.textContent.toLowerCase();
let here = -1;

function sift() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  cards.forEach((card, i) => {
    const fits = (!kinds.size || kinds.has(card.dataset.kind)) && words.every(w => texts[i].includes(w));
    card.hidden = links[i].hidden = !fits;
    shown += fits;
  });
  $("nothing").hidden = shown > 0 || !cards.length;
  for (const row of rows) row.hidden = !words.every(w => row.text.includes(w));
  searchFlame(words);
}

function go(step) {
  let i = here;
  do i += step; while (i >= 0 && i < cards.length && cards[i].hidden);
  if (i < 0 || i >= cards.length) return;
  mark(i);
  cards[i].scrollIntoView({block: "start"});
  cards[i].focus({preventScroll: true});
}

/* The lock behind the one that has the focus; Enter opens and closes it. */
function goLock() {
  const shown = locks.filter(l => !l.parentNode.hidden);
  const next = shown[shown.indexOf(document.activeElement) + 1] || shown[0];
  if (next) next.focus(), next.scrollIntoView({block: "start"});
}

function mark(i) {
  if (here >= 0) cards[here].classList.remove("here"), links[here].firstChild.classList.remove("here");
  here = i;
  cards[i].classList.add("here");
  links[i].firstChild.classList.add("here");
  links[i].scrollIntoView({block: "nearest"});
}

for (const button of document.querySelectorAll("button[data-kind]"))
  button.onclick = () => {
    const kind = button.dataset.kind;
    if (!kinds.delete(kind)) kinds.add(kind);
    button.setAttribute("aria-pressed", String(kinds.has(kind)));
    sift();
  };
links.forEach((link, i) => (link.onclick = () => mark(i)));
$("search").oninput = sift;

function turn() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}
$("theme").onclick = turn;
$("help").onclick = () => $("keys").showModal();
for (const id of ["search", "theme", "help"]) $(id).hidden = false;

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (event.target === $("search")) {
    if (event.key === "Escape") $("search").value = "", sift(), $("search").blur();
    else if (event.key === "Enter") here = -1, go(1);
    return;
  }
  const keys = {
    j: () => go(1), k: () => go(-1), l: goLock, t: turn, "/": () => $("search").focus(),
    "?": () => $("keys").showModal(), g: () => graphs.length && ($("graphs").scrollIntoView(), $("flame").focus({preventScroll: true})),
  };
  const tab = "12345".indexOf(event.key);
  if (keys[event.key]) keys[event.key]();
  else if (tab >= 0 && tab < graphs.length) choose(tab), $("graphs").scrollIntoView();
  else return;
  event.preventDefault();
});

/* ---------------------------------------------------------------- flame graphs, callers above */

let graph = null, root = null, cursor = null;

/* Gives each node its parent, and of recursion as deep as it is: no recursion of ours. */
function prepare(tree) {
  const left = [tree];
  tree.d = 0;
  for (let node; (node = left.pop()); )
    for (const child of node.c || []) {
      child.up = node;
      child.d = node.d + 1;
      left.push(child);
    }
}

function hue(name) {
  let h = 7;
  for (let i = 0; i < name.length; i++) h = (h * 31 + name.charCodeAt(i)) >>> 0;
  return (h % 97) / 97;
}

function place(node, left, width, level) {
  const e = make("div", "fr", node.f);
  e.style.left = left * 100 + "%";
  e.style.width = width * 100 + "%";
  e.style.top = level * STEP + "px";
  e.style.setProperty("--h", hue(node.f));
  if (node.o) e.classList.add("other");
  if (width < 0.02) e.classList.add("thin");
  e.title = label(node);
  e.node = node;
  node.e = e;
  return e;
}

function label(node) {
  const share = ((100 * node.v) / graph.tree.v).toFixed(1);
  return node.f + (node.l ? "  " + node.l + (node.n ? ":" + node.n : "") : "") + "  " + amount(node.v, graph.unit) + "  " + share + " %";
}

function draw() {
  const flame = $("flame"), all = [], path = [];
  for (let n = root; n; n = n.up) n !== root && path.unshift(n);
  path.forEach((n, i) => all.push(place(n, 0, 1, i)));
  all.forEach(e => e.classList.add("above"));
  const left = [[root, 0, 1, path.length]];
  let deepest = path.length;
  for (let item; (item = left.pop()); ) {
    const [node, x, width, level] = item;
    if (width < 0.0005) continue;
    all.push(place(node, x, width, level));
    deepest = Math.max(deepest, level);
    let at = x;
    for (const child of node.c || []) {
      const w = (width * child.v) / (node.v || 1);
      left.push([child, at, w, level + 1]);
      at += w;
    }
  }
  flame.replaceChildren(...all);
  flame.style.height = (deepest + 1) * STEP + "px";
  point(root);
  searchFlame($("search").value.toLowerCase().split(/\s+/).filter(Boolean));
}

function point(node) {
  if (cursor && cursor.e) cursor.e.classList.remove("here");
  cursor = node;
  node.e.classList.add("here");
  $("crumb").textContent = label(node);
}

function zoom(node) {
  if (node.o) return;
  root = node;
  draw();
}

function searchFlame(words) {
  $("flame").classList.toggle("searched", words.length > 0);
  for (const e of $("flame").children)
    e.classList.toggle("found", words.length > 0 && words.every(w => (e.node.f + " " + (e.node.l || "")).toLowerCase().includes(w)));
}

function choose(i) {
  graph = graphs[i];
  root = graph.tree;
  if (root.d === undefined) prepare(root);
  cursor = null;
  [...$("tabs").children].forEach((t, k) => t.setAttribute("aria-selected", String(k === i)));
  $("about").textContent = graph.about;
  draw();
}

function beside(node, step) {
  const row = node.up ? node.up.c : [node];
  return row[row.indexOf(node) + step];
}

$("flame").onclick = event => event.target.node && zoom(event.target.node);
$("flame").onmouseover = event => event.target.node && point(event.target.node);
$("flame").onkeydown = event => {
  const moves = {
    ArrowDown: () => cursor.c && cursor.c[0], ArrowUp: () => cursor.up,
    ArrowLeft: () => beside(cursor, -1), ArrowRight: () => beside(cursor, 1),
  };
  if (moves[event.key]) {
    const to = moves[event.key]();
    if (to && to.e && to.e.isConnected) point(to);
  } else if (event.key === "Enter") zoom(cursor);
  else if (event.key === "Escape") zoom(root.up || graph.tree);
  else return;
  event.preventDefault();
  event.stopPropagation();
};

if (graphs.length) {
  graphs.forEach((g, i) => {
    const tab = make("button", "", g.name + "  " + amount(g.tree.v, g.unit));
    tab.type = "button";
    tab.setAttribute("role", "tab");
    tab.onclick = () => choose(i);
    $("tabs").append(tab);
  });
  $("graphs").hidden = false;
  choose(0);
}
})();
