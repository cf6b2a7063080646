// The customer's page: waits for a rep, opens the code that only this page can read, and starts the program with it.
//
// Every word is the server's: in the page, or in what it tells. The private key never leaves the browser: it cannot be
// exported, and lies in IndexedDB (session storage would need it as text) so that a reload keeps the place in the queue.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const page = $("portal");
  if (!page) return;
  const { base, lang, sha256 } = page.dataset;
  const EC = { name: "ECDH", namedCurve: "P-256" };
  const subtle = window.crypto && crypto.subtle;
  let view = page.dataset.view;

  // ---- What is shown ----

  function show(name, quiet) {
    if (view === name) return;
    view = name;
    for (const part of page.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== name;
    const title = page.querySelector(`[data-part="${name}"] h2`);
    // Whoever reads by ear or steers by keys is led along; nobody is torn out of a field.
    if (title && !quiet) title.focus();
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

  // ---- What the server tells, for as long as it is wanted ----

  function follow(path, hear) {
    let source, again, silent;
    let wait = 1000;
    let over = false;
    const open = () => {
      clearTimeout(again);
      if (source) source.close();
      source = new EventSource(`${base}/${path}?lang=${lang}`);
      source.onopen = () => {
        wait = 1000;
        clearTimeout(silent);
        silent = 0;
        $("lost").hidden = true;
      };
      source.onmessage = (event) => {
        const news = JSON.parse(event.data);
        if (!over) hear(news);
      };
      source.onerror = () => {
        source.close();
        if (over) return;
        // A connection that is renewed is not worth a word.
        silent = silent || setTimeout(() => { $("lost").hidden = false; }, 3000);
        again = setTimeout(open, wait * (0.75 + Math.random() / 2));
        wait = Math.min(wait * 2, 15000);
      };
    };
    const now = () => { if (!over && source.readyState === 2) open(); };
    addEventListener("online", now);
    document.addEventListener("visibilitychange", now);
    open();
    return () => {
      over = true;
      clearTimeout(again);
      clearTimeout(silent);
      source.close();
      $("lost").hidden = true;
    };
  }

  // ---- The key, and the code that is sealed to it ----

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

  async function makeKey() {
    const pair = await subtle.generateKey(EC, false, ["deriveBits"]);
    mine = { key: pair.privateKey, point: new Uint8Array(await subtle.exportKey("raw", pair.publicKey)) };
    await keys("readwrite", (store) => store.put(mine, base)).catch(() => {});
    return mine.point;
  }

  const ownKey = async () => mine || keys("readonly", (store) => store.get(base)).catch(() => null);

  const text64 = (bytes) =>
    btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const bytes64 = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));

  // The format: host/protocol/src/question.rs.
  async function unseal(own, sealed) {
    const point = sealed.slice(0, 65);
    const peer = await subtle.importKey("raw", point, EC, false, []);
    const shared = await subtle.deriveBits({ name: "ECDH", public: peer }, own.key, 256);
    const secret = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const info = new Uint8Array([...new TextEncoder().encode("lotse sealed code 1"), ...own.point, ...point]);
    const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
    const key = await subtle.deriveKey(derivation, secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const code = await subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, sealed.slice(65));
    return new TextDecoder().decode(code);
  }

  // ---- Starting the program ----

  function offer(code, name) {
    let link = `lotse://${location.host}/join?code=${code}`;
    if (name) link += `&name=${encodeURIComponent(name)}`;
    if (sha256) link += `&sha256=${sha256}`;
    $("start").href = link;
    say("code", `${code.slice(0, 3)} ${code.slice(3, 6)} ${code.slice(6)}`);
    $("start-rest").hidden = false;
  }

  let watching = 0;

  // Nobody tells a page whether a program started. A window that came to the front shows; without one the steps open.
  function watch() {
    clearTimeout(watching);
    const stop = () => clearTimeout(watching);
    addEventListener("blur", stop, { once: true });
    document.addEventListener("visibilitychange", stop, { once: true });
    watching = setTimeout(() => { $("manual").open = true; }, 3000);
  }

  // By itself once: not again with a reload, and not where there is no program for this system.
  function startOnce(code) {
    let before = null;
    try {
      before = sessionStorage.getItem("lotse-started");
      sessionStorage.setItem("lotse-started", code);
    } catch { /* Then a reload tries again. */ }
    if (before === code || !("native" in page.dataset)) return;
    location.href = $("start").href;
    watch();
  }

  // ---- The states of a question ----

  let stop = null;
  let opened = "";

  async function hear(news) {
    const { state, words } = news;
    document.title = state === "gone" || state === "ended" ? page.dataset.title : `${words} · ${page.dataset.title}`;
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
        const code = await unseal(await ownKey(), bytes64(news.sealed));
        offer(code, news.name);
        say("start-words", words);
        clock("expires", news.expires_in_s, -1);
        $("start-left").hidden = false;
        show("start");
        startOnce(code);
      } catch {
        show("broken");
      }
    } else if (state === "running") {
      say("running-words", words);
      show("running");
    } else {
      leave();
      if (state === "ended") show("ended");
      else asking(words);
    }
  }

  function leave() {
    if (stop) stop();
    stop = null;
    mine = null;
    opened = "";
    clearTimeout(watching);
    keys("readwrite", (store) => store.delete(base)).catch(() => {});
  }

  function waiting() {
    if (!stop) stop = follow("news", hear);
  }

  // Back to the question, with a word on why.
  function asking(words) {
    say("ask-problem", words || "");
    $("ask-problem").hidden = !words;
    document.title = page.dataset.title;
    show("ask");
  }

  async function send(path, body) {
    const head = { "Content-Type": "application/json", Accept: "application/json" };
    return fetch(`${base}/${path}?lang=${lang}`, { method: "POST", headers: head, body: JSON.stringify(body) });
  }

  async function ask(event) {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    try {
      const point = await makeKey();
      const { name, text } = form.elements;
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
    leave();
    asking("");
  }

  // ---- Whether somebody is there ----

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
    if (form.hidden === !here) return;
    const typing = document.activeElement && document.activeElement.name;
    carry(here ? message : form, here ? form : message);
    form.hidden = !here;
    message.hidden = here;
    const field = typing && (here ? form : message).elements[typing];
    if (field && view === "ask") field.focus();
  }

  // ---- This device, closer than a request says ----

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

  // ---- Begin ----

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
    $("start-left").hidden = true;
    show("start");
    startOnce(digits);
  });
  $("start").addEventListener("click", watch);
  for (const button of page.querySelectorAll("[data-do]")) {
    button.addEventListener("click", button.dataset.do === "again" ? () => asking("") : cancel);
  }
  device().catch(() => {});
  if (base === undefined) return;

  if (subtle && window.EventSource && window.fetch) {
    $("ask-form").addEventListener("submit", ask);
    follow("status", status);
    if ("question" in page.dataset) waiting();
  } else {
    $("browser").hidden = false;
  }
  // A page out of the browser's memory has no line to the relay any more.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
