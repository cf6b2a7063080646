// Keeps what is marked as live up to date: the relay sends it drawn, and this puts it in its place. And copies an address, where
// the browser lets a page do that.
//
// A browser gives a stream up for good when the answer is no stream: the relay is busy, or the sign-in is over. Then the
// address is asked for once to see why. A page that may not be seen any more is loaded anew, which leads to where to sign in;
// otherwise it is tried again, with waits that grow.
(function () {
  "use strict";
  var WAIT_MS = 1000;
  var WAIT_MS_MAX = 30000;
  // A connection that is renewed is not worth a word.
  var SILENT_MS = 5000;
  var CLOSED = 2;
  var places = document.querySelectorAll("[data-live]");
  var notice = document.getElementById("live-lost");

  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      var text = document.getElementById(button.getAttribute("data-copy")).textContent;
      var said = document.getElementById(button.getAttribute("data-copied")).firstElementChild;
      navigator.clipboard.writeText(text).then(function () { said.hidden = false; });
    });
  });

  if (!window.EventSource) return;

  var silent = 0;

  function say(why) {
    clearTimeout(silent);
    silent = 0;
    if (!notice) return;
    var words = why ? notice.getAttribute("data-" + why) : "";
    if (notice.textContent !== words) notice.textContent = words;
    notice.hidden = !why;
  }

  function lost() {
    silent = silent || setTimeout(say, SILENT_MS, "lost");
  }

  // Calls back with what is the matter: "over", "busy", "refused" or "lost"; with "" if it is a stream after all.
  function ask(path, told) {
    if (!window.fetch || !window.AbortController) return told("lost");
    var end = new AbortController();
    fetch(path, { redirect: "manual", cache: "no-store", signal: end.signal }).then(function (answer) {
      var over = answer.type === "opaqueredirect" || [401, 403, 404].indexOf(answer.status) >= 0;
      // Of a stream there would be no end.
      end.abort();
      if (over) told("over");
      else if (answer.ok) told("");
      else told(answer.status === 429 || answer.status === 503 ? "busy" : "refused");
    }, function () { told("lost"); });
  }

  function follow(place) {
    var path = place.getAttribute("data-live");
    var wait = WAIT_MS;
    var source;

    function later() {
      setTimeout(open, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, WAIT_MS_MAX);
    }

    function open() {
      source = new EventSource(path);
      source.addEventListener("part", function (event) {
        wait = WAIT_MS;
        say("");
        // Whoever is within it with the keyboard is not thrown out.
        if (place.contains(document.activeElement)) return;
        place.innerHTML = event.data;
      });
      source.onerror = function () {
        // As long as the browser tries by itself, the connection is what is missing.
        if (source.readyState !== CLOSED) return lost();
        ask(path, function (why) {
          if (why === "over") return location.reload();
          if (why === "lost") lost();
          else if (why) say(why);
          later();
        });
      };
    }

    open();
  }

  places.forEach(follow);
})();
