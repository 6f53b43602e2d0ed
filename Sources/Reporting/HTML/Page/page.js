(function () {
"use strict";
// Sorts, filters, copies, and looks at a part of the time. Everything is in the page without it, and it
// writes no text that it has not found there.
document.documentElement.className = "js";
function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
function copy(text, button) {
  var label = button.textContent;
  function done(word) { button.textContent = word; setTimeout(function () { button.textContent = label; }, 1500); }
  function byHand() {
    var area = document.createElement("textarea");
    area.value = text; document.body.appendChild(area); area.select();
    var worked = false;
    try { worked = document.execCommand("copy"); } catch (error) { worked = false; }
    area.remove(); done(worked ? "Copied" : "Not allowed");
  }
  if (navigator.clipboard && window.isSecureContext) {
    navigator.clipboard.writeText(text).then(function () { done("Copied"); }, byHand);
  } else { byHand(); }
}

// Copy buttons, where something opens.
document.addEventListener("toggle", function (event) {
  all("pre", event.target).forEach(function (pre) {
    if (pre.parentNode.className === "snippet") { return; }
    var box = document.createElement("div"), button = document.createElement("button");
    box.className = "snippet"; button.type = "button"; button.textContent = "Copy";
    pre.parentNode.insertBefore(box, pre); box.appendChild(pre); box.appendChild(button);
    button.addEventListener("click", function () { copy(pre.textContent, button); });
  });
}, true);

// A card that is pointed to opens.
function openTarget() {
  var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  var card = target && target.closest("details.card");
  if (card) { card.open = true; target.scrollIntoView(); }
}
window.addEventListener("hashchange", openTarget);
openTarget();

// Sorting.
all("table.findings").forEach(function (table) {
  var body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows);
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  function key(row, index, isNumber) {
    var cell = row.cells[index], text = cell.getAttribute("data-sort") || cell.textContent.trim();
    if (!isNumber) { return text.toLowerCase(); }
    var number = parseFloat(text.replace(/,/g, ""));
    return isNaN(number) ? -1 : number;
  }
  heads.forEach(function (head, index) {
    var button = document.createElement("button"), isNumber = head.getAttribute("data-kind") === "number";
    button.type = "button"; button.textContent = head.textContent;
    head.textContent = ""; head.appendChild(button);
    button.addEventListener("click", function () {
      var first = isNumber ? "descending" : "ascending", other = isNumber ? "ascending" : "descending";
      var order = head.getAttribute("aria-sort") === first ? other : first;
      heads.forEach(function (one) { one.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", order);
      var sign = order === "ascending" ? 1 : -1;
      rows.map(function (row, at) { return { row: row, at: at, key: key(row, index, isNumber) }; })
        .sort(function (a, b) { return a.key < b.key ? -sign : a.key > b.key ? sign : a.at - b.at; })
        .forEach(function (entry) { body.appendChild(entry.row); });
    });
  });
});

// What is filtered: a row with its card and its lane.
var form = document.getElementById("filter");
if (!form) { return; }
var others = {};
all("details.card[data-id], #timeline tr[data-id]").forEach(function (element) {
  var id = element.getAttribute("data-id");
  (others[id] = others[id] || []).push(element);
});
var items = all("table.findings tbody tr").map(function (row) {
  return {
    row: row, parts: others[row.getAttribute("data-id")] || [], level: row.getAttribute("data-level"), kind: row.getAttribute("data-kind"),
    status: row.getAttribute("data-status"), host: row.querySelector(".host").textContent,
    ports: row.querySelector(".ports").textContent.split(/[ ,]+/),
    first: parseInt(row.getAttribute("data-first"), 10), last: parseInt(row.getAttribute("data-last"), 10), text: null
  };
});
// Gathered when it is first searched.
function textOf(item) {
  if (item.text === null) {
    item.text = [item.row].concat(item.parts).map(function (one) { return one.textContent; }).join(" ").toLowerCase();
  }
  return item.text;
}
function grouped(number) { return String(number).replace(/\B(?=(\d{3})+$)/g, ","); }
function distinct(field) {
  var seen = {};
  items.forEach(function (item) { if (item[field]) { seen[item[field]] = true; } });
  return Object.keys(seen).sort();
}
function option(value) { var one = document.createElement("option"); one.value = value; one.textContent = value; return one; }
["kind", "status"].forEach(function (name) {
  var values = distinct(name), select = form.elements[name];
  values.forEach(function (value) { select.appendChild(option(value)); });
  if (values.length < 2) { select.parentNode.hidden = true; }
});
distinct("host").slice(0, 500).forEach(function (host) { document.getElementById("host-names").appendChild(option(host)); });

// Time: every plot shows the same part of it.
var timeline = document.getElementById("timeline");
var start = timeline ? parseInt(timeline.getAttribute("data-start"), 10) : 0;
var seconds = timeline ? parseInt(timeline.getAttribute("data-seconds"), 10) : 0;
function parsed(text) {
  var match = /^\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?\s*$/.exec(text);
  var value = match ? Date.parse(match[1] + "T" + (match[2] || "00:00") + ":00Z") : NaN;
  return isNaN(value) ? null : value / 1000;
}
function written(second) { return new Date(second * 1000).toISOString().slice(0, 16).replace("T", " "); }
var plots = all("svg.spark, #strip td svg").map(function (svg) {
  return { svg: svg, width: parseFloat(svg.getAttribute("viewBox").split(" ")[2]), height: svg.getAttribute("viewBox").split(" ")[3] };
});
var axes = all(".axis");
axes.forEach(function (axis) { axis.texts = all("span", axis).map(function (span) { return span.textContent; }); });
function show(from, to) {
  var isPart = from !== null || to !== null;
  var low = Math.max(0, ((from === null ? start : from) - start) / seconds);
  var high = Math.min(1, ((to === null ? start + seconds : to) - start) / seconds);
  if (!(seconds > 0) || !(high > low)) { low = 0; high = 1; isPart = false; }
  plots.forEach(function (plot) {
    plot.svg.setAttribute("viewBox", low * plot.width + " 0 " + (high - low) * plot.width + " " + plot.height);
  });
  axes.forEach(function (axis) {
    all("span", axis).forEach(function (span, at) {
      span.textContent = isPart ? written(start + (low + (high - low) * at / 2) * seconds) : axis.texts[at];
    });
  });
}

function apply() {
  var levels = all("input[name=level]:checked", form).map(function (box) { return box.value; });
  var words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
  var host = form.elements.host.value.trim().toLowerCase(), port = form.elements.port.value.trim();
  var kind = form.elements.kind.value, status = form.elements.status.value;
  var from = parsed(form.elements.from.value), to = parsed(form.elements.to.value), count = 0, hosts = {};
  items.forEach(function (item) {
    item.fits = levels.indexOf(item.level) >= 0 && (!kind || item.kind === kind)
      && (!status || item.status === status) && (!port || item.ports.indexOf(port) >= 0)
      && (!host || item.host.toLowerCase().indexOf(host) >= 0)
      && (from === null || !(item.last < from)) && (to === null || !(item.first > to))
      && words.every(function (word) { return textOf(item).indexOf(word) >= 0; });
    item.row.hidden = !item.fits;
    item.parts.forEach(function (part) { part.hidden = !item.fits; });
    if (item.fits) { count++; hosts[item.host] = true; }
  });
  all("#strip tr[data-host]").forEach(function (row) {
    row.hidden = count < items.length && !hosts[row.getAttribute("data-host")];
  });
  show(from, to);
  var total = parseInt(form.getAttribute("data-all"), 10);
  document.getElementById("shown").textContent = grouped(count) + " of " + grouped(items.length) + " shown"
    + (total > items.length ? ", of " + grouped(total) + " in all; report.json has the others" : "");
}
form.addEventListener("input", apply);
form.addEventListener("submit", function (event) { event.preventDefault(); });
form.addEventListener("reset", function () { setTimeout(apply, 0); });
apply();

// Selecting a part of the time.
if (timeline) {
  var drag = null;
  function place(event, svg) {
    var box = svg.getBoundingClientRect(), view = svg.viewBox.baseVal;
    return view.x + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * view.width;
  }
  all("svg.spark", timeline).forEach(function (svg) {
    svg.addEventListener("pointerdown", function (event) {
      var mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      mark.setAttribute("class", "selection"); mark.setAttribute("height", "24");
      svg.appendChild(mark); svg.setPointerCapture(event.pointerId);
      drag = { svg: svg, mark: mark, from: place(event, svg) };
    });
    svg.addEventListener("pointermove", function (event) {
      if (!drag || drag.svg !== svg) { return; }
      var to = place(event, svg);
      drag.mark.setAttribute("x", Math.min(drag.from, to)); drag.mark.setAttribute("width", Math.abs(to - drag.from));
    });
    function end(event) {
      if (!drag || drag.svg !== svg) { return; }
      var to = place(event, svg), low = Math.min(drag.from, to), high = Math.max(drag.from, to);
      drag.mark.remove(); drag = null;
      if (high - low < svg.viewBox.baseVal.width / 100) { return; }
      form.elements.from.value = written(start + low / 240 * seconds);
      form.elements.to.value = written(start + high / 240 * seconds);
      apply();
    }
    svg.addEventListener("pointerup", end);
    svg.addEventListener("pointercancel", function () { if (drag) { drag.mark.remove(); drag = null; } });
  });
}

// What is shown, as CSV. A cell that a spreadsheet would take for a formula gets an apostrophe in front.
function cell(text) {
  text = text.trim();
  if (/^[=+\-@\t\r]/.test(text)) { text = "'" + text; }
  return '"' + text.replace(/"/g, '""') + '"';
}
document.getElementById("csv").addEventListener("click", function (event) {
  var columns = [["process", ".process b"], ["command_line", ".command"], ["parent", ".parent"], ["user", ".user"],
    ["host", ".host"], ["destination", ".destination"], ["ports", ".ports"], ["why", ".why"]];
  var lines = [["id", "level", "points", "kind", "status"].concat(columns.map(function (one) { return one[0]; }),
    ["count", "first_seen_utc", "last_seen_utc"]).join(",")];
  all("table.findings tbody tr").filter(function (row) { return !row.hidden; }).forEach(function (row) {
    var cells = row.cells;
    lines.push(["id", "level"].map(function (name) { return cell(row.getAttribute("data-" + name)); })
      .concat([cell(cells[1].textContent)], ["kind", "status"].map(function (name) { return cell(row.getAttribute("data-" + name)); }),
        columns.map(function (one) { var found = row.querySelector(one[1]); return cell(found ? found.textContent.replace(/\s+/g, " ") : ""); }),
        [7, 8, 9].map(function (at) { return cell(cells[at].textContent); })).join(","));
  });
  copy(lines.join("\r\n") + "\r\n", event.target);
});
})();
