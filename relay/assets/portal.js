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
  // Who is there is of use to whoever could ask now.
  const status = $("status");
  if (status) status.hidden = name !== "ask" && name !== "ended";
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

// A browser that keeps nothing says so, throws, or says nothing at all.
const STORE_MS = 2000;

function keys(mode, act) {
  return new Promise((done, fail) => {
    setTimeout(() => fail(new Error("the store does not answer")), STORE_MS);
    const open = indexedDB.open("lotse", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("keys");
    open.onerror = open.onblocked = () => fail(open.error);
    open.onsuccess = () => {
      const database = open.result;
      try {
        const of = database.transaction("keys", mode);
        const request = act(of.objectStore("keys"));
        of.oncomplete = () => { database.close(); done(request.result); };
        of.onabort = of.onerror = () => { database.close(); fail(of.error); };
      } catch (error) {
        database.close();
        fail(error);
      }
    };
  });
}

// Where nothing may be kept (some private windows), the key lives as long as the page. Each question has its own: another
// tab's stays what it is.
let mine = null;
// The question that this page follows, as the relay names it.
let question = page.dataset.question || "";
const place = (of) => `${base}/${of}`;

async function makeKey(name, text) {
  const pair = await subtle.generateKey(EC, false, ["deriveBits"]);
  const point = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  return { name, text, key: pair.privateKey, point };
}

// Nobody waits for this: the question is asked. What is left of earlier ones goes.
function keep(made) {
  mine = { ...made, question };
  const [key, kept] = [place(question), mine];
  keys("readwrite", (store) => {
    store.delete(IDBKeyRange.bound(place(""), place("\uffff")));
    return store.put(kept, key);
  }).catch(() => {});
}

async function own() {
  if (mine && mine.question === question) return mine;
  const key = place(question);
  return question ? keys("readonly", (store) => store.get(key)).catch(() => null) : null;
}

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

// One page of all that show the same question: not again with a reload, and not in a second tab. `mark` tells codes apart
// and is none. Who holds the lock is first; the store outlives the tab.
async function isFirst(mark) {
  // The page that somebody looks at goes before those behind it.
  if (document.hidden) await new Promise((done) => setTimeout(done, 500));
  try {
    if (localStorage.getItem("lotse-started") === mark) return false;
    localStorage.setItem("lotse-started", mark);
  } catch { /* Then a reload tries again. */ }
  if (!navigator.locks) return true;
  return new Promise((done) => {
    const hold = (lock) => {
      done(lock !== null);
      return lock && new Promise(() => {});
    };
    navigator.locks.request(`lotse ${mark}`, { ifAvailable: true }, hold).catch(() => done(true));
  });
}

// By itself, where there is a program for this system. A code that somebody types is one they want started now.
async function begin(mark) {
  $("start-left").hidden = !mark;
  $("start-back").hidden = !!mark;
  show("start");
  if (!("native" in page.dataset)) return;
  const first = !mark || await isFirst(mark);
  // It may be over by now.
  if (view !== "start") return;
  if (first) location.href = $("start").href;
  watch();
}

let stop = null;
let quiet = null;
let opened = "";

async function hear(news) {
  const { state, words } = news;
  if (news.question) question = news.question;
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
      begin(news.sealed.slice(0, 87));
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
    say("ended-words", words);
    say("ended-more", news.more);
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
  const key = place(question);
  mine = null;
  question = "";
  keys("readwrite", (store) => store.delete(key)).catch(() => {});
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
    const made = await makeKey(name.value.trim(), text.value);
    const asked = { name: name.value, text: text.value, page_key: text64(made.point), system: page.dataset.system };
    const answer = await send("ask", asked);
    if (answer.ok) {
      question = (await answer.json()).question;
      // Another tab has asked already: it is that question, with that key.
      if (answer.status === 201) keep(made);
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

// Somebody writes a message, or has: it is not taken away from under their hands.
function writes(message) {
  const fields = ["reply_to", "text"].map((name) => message.elements[name]);
  return !message.hidden && view === "ask" && (message.contains(document.activeElement) || fields.some((of) => of.value));
}

function status(news) {
  say("status-words", news.words);
  const here = news.reps > 0;
  $("status").classList.toggle("here", here);
  const [form, message] = [$("ask-form"), $("message-form")];
  // A message that was refused stays in sight.
  if (form.hidden === !here || "hold" in message.dataset) {
    $("here-now").hidden = true;
    return;
  }
  $("here-now").hidden = !(here && writes(message));
  if ($("here-now").hidden) swap(here);
}

// The form to ask, or that for a message.
function swap(here) {
  const [form, message] = [$("ask-form"), $("message-form")];
  $("here-now").hidden = true;
  const typing = document.activeElement && document.activeElement.name;
  carry(here ? message : form, here ? form : message);
  form.hidden = !here;
  message.hidden = here;
  const field = typing && (here ? form : message).elements[typing];
  if (field && view === "ask") field.focus();
}

function askInstead() {
  swap(true);
  $("ask-form").elements.text.focus();
}

// What is typed goes along into the other language, in this tab alone.
const typed = () => [...page.querySelectorAll("input:not([type=hidden]), textarea")];

function carryOver() {
  const fields = Object.fromEntries(typed().map((field) => [field.id, field.value]));
  try {
    sessionStorage.setItem("lotse-typed", JSON.stringify({ base, fields }));
  } catch { /* Then it is typed once more. */ }
}

function takeOver() {
  let carried = null;
  try {
    carried = JSON.parse(sessionStorage.getItem("lotse-typed"));
    sessionStorage.removeItem("lotse-typed");
  } catch { /* Nothing was carried. */ }
  if (!carried || carried.base !== base) return;
  for (const field of typed()) {
    if (!field.value && carried.fields[field.id]) field.value = carried.fields[field.id];
  }
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
  begin("");
});
$("start").addEventListener("click", watch);
const deeds = { again: () => asking(""), cancel, "here-now": askInstead };
for (const button of page.querySelectorAll("[data-do]")) {
  button.addEventListener("click", deeds[button.dataset.do]);
}
for (const link of document.querySelectorAll("a[hreflang]")) link.addEventListener("click", carryOver);
takeOver();
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
