"use strict";
(function () {
  var form = document.querySelector("form");
  var rows = Array.prototype.slice.call(document.querySelectorAll("tbody tr"));
  var count = document.getElementById("count");
  var selects = Array.prototype.slice.call(form.querySelectorAll("select"));
  var words = form.querySelector("input");
  function has(row, select) {
    return select.value === "" || (" " + row.cells[select.dataset.column].dataset.names + " ").indexOf(" " + select.value + " ") >= 0;
  }
  function show() {
    var text = words.value.trim().toLowerCase(), shown = 0;
    rows.forEach(function (row) {
      var fits = selects.every(function (select) { return has(row, select); }) &&
        row.textContent.toLowerCase().indexOf(text) >= 0;
      row.hidden = !fits;
      shown += fits;
    });
    count.textContent = shown + " of " + rows.length + " rows";
  }
  selects.forEach(function (select) {
    var seen = {};
    rows.forEach(function (row) {
      row.cells[select.dataset.column].dataset.names.split(" ").forEach(function (name) { seen[name] = true; });
    });
    Object.keys(seen).sort().forEach(function (name) {
      var option = document.createElement("option");
      option.textContent = name;
      option.value = name;
      select.appendChild(option);
    });
    select.addEventListener("change", show);
  });
  words.addEventListener("input", show);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.hidden = false;
  show();
})();
