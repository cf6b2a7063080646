// The customer's page: waits for a rep, opens the code that only this page can read, and starts the program with it.
//
// Every word is the server's: in the page, or in what it tells. The private key never leaves the browser: it cannot be
// exported, and lies in IndexedDB (session storage would need it as text) so that a reload keeps the place in the queue.
const $ = (id) => document.getElementById(id);
const page = $("portal");
const { base, lang, sha256 } = page.dataset;
const EC = { name: "ECDH", namedCurve: "P-256" };
const subtle = window.crypto && crypto.subtle;
let view = page.dataset.view;

function show(name) {
  if (view === name) return;
  view = name;
  for (const part of page.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== name;
  // Whoever reads by ear or steers by keys is led along.
  const titles = [...page.querySelectorAll(`[data-part="${name}"] h2`)];
  const title = titles.find((of) => of.offsetParent);
  if (title) title.focus();
}

function say(id, words) {
  const place = $(id);
  if (place && place.textContent !== words) place.textContent = words;
}

function clock(id, seconds, step) {
  clearInterval(clock[id]);
  const begin = Date.now();
  const tick = () => {
    const now = Math.max(0, seconds + step * Math.floor((Date.now() - begin) / 1000));
    say(id, Math.floor(now / 60) + ":" + String(now % 60).padStart(2, "0"));
  };
  tick();
  clock[id] = setInterval(tick, 1000);
}

function follow(path, hear) {
  let source, again, silent;
  let wait = 1000;
  const end = new AbortController();
  const { signal } = end;
  const open = () => {
    clearTimeout(again);
    if (source) source.close();
    source = new EventSource(`${base}/${path}?in=${lang}`);
    source.onopen = () => {
      wait = 1000;
      clearTimeout(silent);
      silent = 0;
      $("lost").hidden = true;
    };
    source.onmessage = (event) => {
      if (!signal.aborted) hear(JSON.parse(event.data));
    };
    source.onerror = () => {
      source.close();
      if (signal.aborted) return;
      // A connection that is renewed is not worth a word.
      silent = silent || setTimeout(() => { $("lost").hidden = false; }, 3000);
      again = setTimeout(open, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, 15000);
    };
  };
  const now = () => { if (source.readyState === 2) open(); };
  addEventListener("online", now, { signal });
  document.addEventListener("visibilitychange", now, { signal });
  open();
  return () => {
    end.abort();
    clearTimeout(again);
    clearTimeout(silent);
    source.close();
    $("lost").hidden = true;
  };
}

function keys(mode, act) {
  return new Promise((done, fail) => {
    const open = indexedDB.open("lotse", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("keys");
    open.onerror = () => fail(open.error);
    open.onsuccess = () => {
      const of = open.result.transaction("keys", mode);
      const request = act(of.objectStore("keys"));
      of.oncomplete = () => { open.result.close(); done(request.result); };
      of.onabort = of.onerror = () => fail(of.error);
    };
  });
}

// Where nothing may be kept (some private windows), the key lives as long as the page.
let mine = null;

async function makeKey(name, text) {
  const pair = await subtle.generateKey(EC, false, ["deriveBits"]);
  const point = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  mine = { name, text, key: pair.privateKey, point };
  await keys("readwrite", (store) => store.put(mine, base)).catch(() => {});
  return point;
}

const own = async () => mine || keys("readonly", (store) => store.get(base)).catch(() => null);

const text64 = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const bytes64 = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));

// The format: host/protocol/src/question.rs.
async function unseal({ key: ours, point: page }, sealed) {
  const point = sealed.slice(0, 65);
  const peer = await subtle.importKey("raw", point, EC, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: peer }, ours, 256);
  const secret = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const info = new Uint8Array([...new TextEncoder().encode("lotse sealed code 1"), ...page, ...point]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  const key = await subtle.deriveKey(derivation, secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const code = await subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, sealed.slice(65));
  return new TextDecoder().decode(code);
}

function offer(code, name) {
  let link = `lotse://${location.host}/join?code=${code}`;
  if (name) link += `&name=${encodeURIComponent(name)}`;
  if (sha256) link += `&sha256=${sha256}`;
  $("start").href = link;
  say("code", `${code.slice(0, 3)} ${code.slice(3, 6)} ${code.slice(6)}`);
}

let watching = 0;

// Nobody tells a page whether a program started. While another window is in front, such as the browser's question or the
// program itself, it is waited; with the page in front again and nothing else, the steps open.
function watch() {
  clearTimeout(watching);
  watching = setTimeout(() => {
    if (document.hasFocus()) $("manual").open = true;
    else addEventListener("focus", watch, { once: true });
  }, 3000);
}

// By itself once: not again with a reload, and not where there is no program for this system.
function startOnce(code) {
  let before = null;
  try {
    before = sessionStorage.getItem("lotse-started");
    sessionStorage.setItem("lotse-started", code);
  } catch { /* Then a reload tries again. */ }
  if (!("native" in page.dataset)) return;
  if (before !== code) location.href = $("start").href;
  watch();
}

function begin(code, typed) {
  $("start-left").hidden = typed;
  $("start-back").hidden = !typed;
  show("start");
  startOnce(code);
}

let stop = null;
let quiet = null;
let opened = "";

async function hear(news) {
  const { state, words } = news;
  const over = state === "gone" || state === "ended";
  document.title = over ? page.dataset.title : `${words} · ${page.dataset.title}`;
  if (state === "waiting" || state === "taken") {
    opened = "";
    say("wait-words", words);
    $("wait-time").hidden = state === "taken";
    $("wait-nobody").hidden = !news.nobody;
    if (state === "waiting") clock("waited", news.waiting_s, 1);
    show("wait");
  } else if (state === "code") {
    if (opened === news.sealed) return;
    opened = news.sealed;
    try {
      const kept = await own();
      const code = await unseal(kept, bytes64(news.sealed));
      // It may be over by now.
      if (opened !== news.sealed) return;
      offer(code, kept.name);
      say("start-words", words);
      clock("expires", news.expires_in_s, -1);
      begin(code, false);
    } catch {
      show("broken");
    }
  } else if (state === "running") {
    opened = "";
    say("running-words", words);
    show("running");
  } else {
    await leave();
    if (state === "gone") return asking(words);
    show("ended");
    looking();
  }
}

async function leave() {
  if (stop) stop();
  stop = null;
  opened = "";
  clearTimeout(watching);
  // A reload has emptied the form; nobody has to write the same again.
  const kept = await own();
  for (const name of ["name", "text"]) {
    const field = $("ask-form").elements[name];
    if (kept && !field.value) field.value = kept[name];
  }
  mine = null;
  await keys("readwrite", (store) => store.delete(base)).catch(() => {});
}

// One line to the relay at a time: of the question, or of who is there.
function waiting() {
  if (quiet) quiet();
  quiet = null;
  if (!stop) stop = follow("news", hear);
}

function looking() {
  if (!quiet && base !== undefined) quiet = follow("status", status);
}

// Back to the question, with a word on why.
function asking(words) {
  const problem = $("ask-problem");
  if (problem) {
    problem.textContent = words;
    problem.hidden = !words;
  }
  show("ask");
  looking();
}

async function send(path, body) {
  const headers = { "Content-Type": "application/json" };
  return fetch(`${base}/${path}?in=${lang}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function ask(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  try {
    const { name, text } = form.elements;
    const point = await makeKey(name.value.trim(), text.value);
    const question = { name: name.value, text: text.value, page_key: text64(point), system: page.dataset.system };
    const answer = await send("ask", question);
    if (answer.ok) {
      say("wait-words", page.dataset.asked);
      $("ask-problem").hidden = true;
      show("wait");
      waiting();
    } else {
      const problem = await answer.json();
      asking(problem.detail);
      const field = problem.field && form.elements[problem.field];
      if (field) field.focus();
    }
  } catch {
    asking(page.dataset.offline);
  } finally {
    button.disabled = false;
  }
}

async function cancel() {
  await send("leave", {}).catch(() => {});
  await leave();
  document.title = page.dataset.title;
  asking("");
}

// What is typed belongs to whoever types, whichever form is shown.
function carry(from, to) {
  for (const name of ["name", "text"]) {
    const [old, fresh] = [from.elements[name], to.elements[name]];
    if (old && fresh && old.value && !fresh.value) fresh.value = old.value;
  }
}

function status(news) {
  say("status-words", news.words);
  $("status").classList.toggle("here", news.reps > 0);
  const [form, message] = [$("ask-form"), $("message-form")];
  const here = news.reps > 0;
  // A message that was refused stays in sight.
  if (form.hidden === !here || "hold" in message.dataset) return;
  const typing = document.activeElement && document.activeElement.name;
  carry(here ? message : form, here ? form : message);
  form.hidden = !here;
  message.hidden = here;
  const field = typing && (here ? form : message).elements[typing];
  if (field && view === "ask") field.focus();
}

async function device() {
  const hints = navigator.userAgentData;
  let name = "";
  if (hints && hints.getHighEntropyValues && hints.platform === "Windows") {
    const { platformVersion } = await hints.getHighEntropyValues(["platformVersion"]);
    const major = Number(platformVersion.split(".")[0]);
    if (major > 0) name = major >= 13 ? "Windows 11" : "Windows 10";
  } else if (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1) {
    // An iPad says that it is a Mac.
    name = "iPadOS";
  }
  if (!name) return;
  page.dataset.system = name;
  for (const place of page.querySelectorAll("[data-device]")) place.textContent = name;
}

$("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const digits = $("typed").value.replace(/[\s.·–/-]/g, "");
  const right = /^\d{10}$/.test(digits);
  $("typed-problem").hidden = right;
  $("typed").setAttribute("aria-invalid", String(!right));
  if (!right) return $("typed").focus();
  const form = $("ask-form");
  offer(digits, form ? form.elements.name.value : "");
  say("start-words", $("start-words").dataset.typed);
  begin(digits, true);
});
$("start").addEventListener("click", watch);
for (const button of page.querySelectorAll("[data-do]")) {
  button.addEventListener("click", button.dataset.do === "again" ? () => asking("") : cancel);
}
device().catch(() => {});
if (base && subtle) {
  $("ask-form").addEventListener("submit", ask);
  if ("question" in page.dataset) waiting();
  else looking();
} else if (base) {
  $("browser").hidden = false;
}
// A page out of the browser's memory has no line to the relay any more.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
