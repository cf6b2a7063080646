// Keeps what is marked as live up to date: the relay sends it drawn, and this puts it in its place. And copies an address,
// where the browser lets a page do that.
(function () {
  "use strict";
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      var text = document.getElementById(button.getAttribute("data-copy")).textContent;
      var said = document.getElementById(button.getAttribute("data-copied")).firstElementChild;
      navigator.clipboard.writeText(text).then(function () { said.hidden = false; });
    });
  });
  var places = document.querySelectorAll("[data-live]");
  if (!window.EventSource) return;
  places.forEach(function (place) {
    var source = new EventSource(place.getAttribute("data-live"));
    var old = document.getElementById("live-lost");
    source.addEventListener("part", function (event) {
      if (old) old.hidden = true;
      // Whoever is within it with the keyboard is not thrown out.
      if (place.contains(document.activeElement)) return;
      place.innerHTML = event.data;
    });
    source.onerror = function () { if (old) old.hidden = false; };
  });
})();
