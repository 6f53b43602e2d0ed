import Mustache

/// The page, its style and its script. All field values come through ``SafeText``; what stands in
/// three braces is drawn from numbers alone.
enum HTMLTemplate {
  /// Escapes for HTML as ``Escaping`` does, hidden characters included.
  private struct SafeText: MustacheContentType {
    func escapeText(_ text: String) -> String { Escaping.html(text) }
  }

  static let page: MustacheTemplate = {
    MustacheContentTypes.register(SafeText(), named: "SAFE")
    do {
      return try MustacheTemplate(string: "{{% CONTENT_TYPE:SAFE}}" + text)
    } catch {
      fatalError("the page's own template does not parse: \(error)")
    }
  }()

  private static let text = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="{{{policy}}}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <title>{{title}}</title>
    <style>{{{style}}}</style>
    </head>
    <body>
    <a class="skip" href="#findings">Skip to the findings</a>
    <header>
    <p class="kicker">{{title}}</p>
    <h1>{{verdict}}</h1>
    <p class="dim">{{summary}}</p>
    <nav aria-label="Sections"><ul>{{#sections}}<li><a href="#{{anchor}}">{{name}}</a>{{#count}} <span class="count">{{count}}</span>{{/count}}</li>{{/sections}}</ul></nav>
    </header>
    <main>
    <section id="trust"><h2>Can I trust it?</h2>
    {{#isIncomplete}}<p class="alarm" role="alert"><strong>{{reading}}</strong></p>{{/isIncomplete}}{{^isIncomplete}}<p>{{reading}}</p>{{/isIncomplete}}
    {{#unrecognised}}<p class="alarm" role="alert"><strong>Nothing was recognised.</strong> {{.}}</p>{{/unrecognised}}
    <ul class="tiles">{{#tiles}}<li><b>{{number}}</b> {{label}}</li>{{/tiles}}</ul>
    {{#warnings}}<p class="warn"><span class="tag">!</span> {{.}}</p>{{/warnings}}
    {{^warnings}}<p>Everything that was given could be read.</p>{{/warnings}}
    {{#notes}}<p class="dim">{{.}}</p>{{/notes}}
    </section>
    {{#news}}<section id="news"><h2>New since last time</h2><p>{{.}}</p></section>{{/news}}
    <section id="findings"><h2>Findings</h2>
    {{^rows}}<p class="calm">None.</p>{{/rows}}
    {{#hasRows}}
    <p class="filter"><label for="filter">Filter</label> <input id="filter" type="search" autocomplete="off" placeholder="host, process, port, address"> <span id="shown" role="status"></span></p>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of findings"><table id="table">
    <caption class="hide">Findings. With script, the headings sort the table.</caption>
    <thead><tr>
    <th scope="col" data-kind="number">Level</th><th scope="col" data-kind="number" class="num">Points</th><th scope="col">Process</th><th scope="col">Host</th><th scope="col">Ports</th><th scope="col">Addresses</th><th scope="col" data-kind="number" class="num">Count</th><th scope="col">First seen (UTC)</th><th scope="col">Last seen (UTC)</th>
    </tr></thead><tbody>
    {{#rows}}<tr><td data-sort="{{score}}"><span class="level {{style}}"><b>{{letter}}</b> {{level}}</span></td><td class="num">{{points}}</td><td>{{#anchor}}<a href="#{{anchor}}">{{/anchor}}{{process}}{{#anchor}}</a>{{/anchor}}{{#status}} <em>{{status}}</em>{{/status}}</td><td>{{host}}</td><td>{{ports}}</td><td>{{addresses}}</td><td class="num" data-sort="{{rawCount}}">{{count}}</td><td>{{first}}</td><td>{{last}}</td></tr>
    {{/rows}}</tbody></table></div>
    {{#rest}}<p class="warn">{{.}}</p>{{/rest}}
    {{/hasRows}}
    {{#cards}}<article class="card {{style}}" id="{{anchor}}" aria-labelledby="{{anchor}}h">
    <h3 id="{{anchor}}h"><span class="level {{style}}"><b>{{letter}}</b> {{level}}</span> {{process}} on {{host}} <span class="dim">{{count}}</span></h3>
    {{#spark}}<svg class="spark" viewBox="0 0 240 24" role="img" aria-label="{{label}}" preserveAspectRatio="none"><path d="{{{path}}}"/></svg>{{/spark}}
    <dl>{{#fields}}<dt>{{name}}</dt><dd>{{value}}</dd>{{/fields}}</dl>
    {{#hasReasons}}<table class="reasons"><caption>Points: {{points}} of 100</caption><tbody>{{#reasons}}<tr><td class="num">{{points}}</td><th scope="row">{{name}}</th><td>{{detail}}</td></tr>{{/reasons}}</tbody></table>{{/hasReasons}}
    {{#hasWhyNot}}<details><summary>Why not higher</summary><ul>{{#whyNot}}<li>{{.}}</li>{{/whyNot}}</ul></details>{{/hasWhyNot}}
    <details><summary>Look further, or suppress</summary>{{#pivots}}<p class="lang">{{language}}</p><pre tabindex="0">{{text}}</pre>{{/pivots}}<p class="lang">Suppression, to be completed</p><pre tabindex="0">{{#stanza}}{{{indent}}}{{text}}\n{{/stanza}}</pre></details>
    </article>
    {{/cards}}
    </section>
    {{#strip}}<section id="strip"><h2>Hosts over time</h2>
    <p class="legend"><svg viewBox="0 0 14 14" class="key" aria-hidden="true"><rect class="k-quiet" width="14" height="14"/></svg> calm <svg viewBox="0 0 14 14" class="key" aria-hidden="true"><rect class="k-low" width="14" height="14"/></svg> Low <svg viewBox="0 0 14 14" class="key" aria-hidden="true"><rect class="k-medium" width="14" height="14"/></svg> Medium <svg viewBox="0 0 14 14" class="key" aria-hidden="true"><rect class="k-high" width="14" height="14"/></svg> High <svg viewBox="0 0 14 14" class="key" aria-hidden="true"><rect class="k-none" width="14" height="14"/><path class="hatch" d="M0 14L14 0M-7 14L7 0M7 14L21 0"/></svg> no telemetry <span class="dim">{{span}}</span></p>
    <table class="strip"><tbody>{{#hosts}}<tr><th scope="row">{{name}}</th><td><svg viewBox="0 0 {{width}} 12" role="img" aria-label="{{label}}" preserveAspectRatio="none">{{{cells}}}</svg></td></tr>
    {{/hosts}}</tbody></table>
    {{#more}}<p class="dim">{{.}}</p>{{/more}}
    </section>{{/strip}}
    {{#timeline}}<section id="timeline"><h2>Timeline</h2>
    <p class="dim">{{span}}; the height is the share of the busiest bar of the lane.</p>
    <table class="strip"><tbody>{{#lanes}}<tr><th scope="row">{{#anchor}}<a href="#{{anchor}}">{{name}}</a>{{/anchor}}{{^anchor}}{{name}}{{/anchor}}</th><td><svg class="spark {{style}}" viewBox="0 0 240 24" role="img" aria-label="{{label}}" preserveAspectRatio="none"><path d="{{{path}}}"/></svg></td></tr>
    {{/lanes}}</tbody></table></section>{{/timeline}}
    {{#hasBeacons}}<section id="beacons"><h2>Beacons, on any port</h2>
    {{#beacons}}<article class="card beacon" id="{{anchor}}" aria-labelledby="{{anchor}}h"><h3 id="{{anchor}}h">{{program}} on {{host}} to {{address}} port {{port}} <span class="dim">{{score}}</span></h3>
    {{#histogram}}<figure><svg class="bars" viewBox="0 0 {{width}} 60" role="img" aria-label="{{label}}" preserveAspectRatio="none"><path d="{{{path}}}"/></svg><figcaption>{{caption}}</figcaption></figure>{{/histogram}}
    <dl>{{#fields}}<dt>{{name}}</dt><dd>{{value}}</dd>{{/fields}}</dl></article>
    {{/beacons}}{{#beaconRest}}<p class="dim">{{.}}</p>{{/beaconRest}}
    </section>{{/hasBeacons}}
    {{#hasChanges}}<section id="rdp"><h2>Remote Desktop port changes</h2>
    {{#changes}}<article class="card" id="{{anchor}}" aria-labelledby="{{anchor}}h"><h3 id="{{anchor}}h">{{host}}: {{ports}}</h3><dl>{{#fields}}<dt>{{name}}</dt><dd>{{value}}</dd>{{/fields}}</dl></article>
    {{/changes}}</section>{{/hasChanges}}
    {{#hasSuppressed}}<section id="suppressed"><details><summary><h2>Suppressed: {{suppressedCount}}</h2></summary><ul>{{#suppressed}}<li>{{.}}</li>{{/suppressed}}</ul>{{#suppressions}}<p>{{.}}</p>{{/suppressions}}</details></section>{{/hasSuppressed}}
    {{#hasExpected}}<section id="expected"><details><summary><h2>Expected periodic: {{expectedCount}}</h2></summary><ul>{{#expected}}<li>{{.}}</li>{{/expected}}</ul></details></section>{{/hasExpected}}
    <section id="appendix"><details><summary><h2>Appendix</h2></summary>
    <h3>Settings</h3><pre tabindex="0">{{#settings}}{{{indent}}}{{text}}\n{{/settings}}</pre>
    {{#hasFeeds}}<h3>Intelligence and suppressions</h3><ul class="files">{{#feeds}}<li>{{name}} <code>{{sha256}}</code></li>{{/feeds}}</ul>{{/hasFeeds}}
    <h3>Archives</h3><ul class="files">{{#archives}}<li>{{name}} <code>{{sha256}}</code> {{size}}{{#damage}} <strong>{{damage}}</strong>{{/damage}}</li>{{/archives}}</ul>{{#archiveRest}}<p>{{.}}</p>{{/archiveRest}}
    <p>{{attribution}}</p></details></section>
    </main>
    <script>{{{script}}}</script>
    </body>
    </html>

    """

  /// Colours that people with any colour vision can tell apart (Okabe and Ito), and a letter beside.
  static let style = """
    :root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#57606a;--line:#d0d7de;--card:#f6f8fa;--high:#b3400a;--medium:#8f5d00;--low:#0a5ea8;--accent:#0a5ea8;--quiet:#c8e0d2}
    @media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#9aa4af;--line:#30363d;--card:#161b22;--high:#ff8a4c;--medium:#f0b429;--low:#6cb6ff;--accent:#6cb6ff;--quiet:#24483a}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:78rem;padding:1rem 1.25rem 3rem;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
    h1{font-size:1.5rem;line-height:1.25;margin:.1rem 0 .5rem}h2{font-size:1.2rem;margin:2rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}h3{font-size:1rem;margin:0 0 .5rem}
    summary h2,summary h3{display:inline;border:0;padding:0}
    a{color:var(--accent)}a:focus-visible,button:focus-visible,summary:focus-visible,input:focus-visible,pre:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--bg);padding:.3rem .6rem}
    .kicker,.dim,.lang{color:var(--dim)}.kicker{margin:0;letter-spacing:.02em}.lang{margin:.6rem 0 .2rem}
    nav ul,.tiles{list-style:none;padding:0;margin:.8rem 0;display:flex;flex-wrap:wrap;gap:.4rem 1rem}
    .count{color:var(--dim);font-size:.85em}
    .tiles li{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.35rem .7rem}
    .tiles b{font-variant-numeric:tabular-nums}
    .warn,.alarm{border-left:4px solid var(--medium);background:var(--card);padding:.4rem .8rem;margin:.5rem 0}.alarm{border-color:var(--high)}
    .tag{font-weight:700;color:var(--medium)}
    .calm{font-size:1.1rem}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse}#table{width:100%;font-size:.92em}
    th,td{text-align:left;vertical-align:top;padding:.3rem .55rem;border-bottom:1px solid var(--line)}
    #table td{overflow-wrap:normal}#table td:nth-child(n+8){white-space:nowrap}
    thead th{position:sticky;top:0;background:var(--bg);white-space:nowrap}
    thead button{all:unset;cursor:pointer;font-weight:700}thead button:focus-visible{outline:2px solid var(--accent)}
    th[aria-sort=ascending] button::after{content:" \\25B2"}th[aria-sort=descending] button::after{content:" \\25BC"}
    .num{text-align:right;font-variant-numeric:tabular-nums}
    .level{font-weight:600;white-space:nowrap}.level b{display:inline-block;min-width:1.35em;text-align:center;border-radius:.25em;color:var(--bg);background:var(--dim)}
    .level.high{color:var(--high)}.level.medium{color:var(--medium)}.level.low{color:var(--low)}
    .level.high b{background:var(--high)}.level.medium b{background:var(--medium)}.level.low b{background:var(--low)}
    .card{background:var(--card);border:1px solid var(--line);border-left:5px solid var(--line);border-radius:.4rem;padding:.8rem 1rem;margin:.8rem 0}
    .card.high{border-left-color:var(--high)}.card.medium{border-left-color:var(--medium)}.card.low{border-left-color:var(--low)}.card.beacon{border-left-color:var(--accent)}
    .card:target{outline:2px solid var(--accent)}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .9rem;margin:.3rem 0}dt{color:var(--dim)}dd{margin:0}
    .reasons{font-size:.92em;margin:.5rem 0}.reasons caption{text-align:left;font-weight:600}.reasons th{font-weight:400}
    pre{white-space:pre-wrap;background:var(--bg);border:1px solid var(--line);border-radius:.3rem;padding:.5rem;margin:.2rem 0;font-size:.85em}
    details{margin:.4rem 0}summary{cursor:pointer}
    .spark{display:block;width:100%;height:24px;fill:var(--dim);border-bottom:1px solid var(--line)}.spark.high,.card.high .spark{fill:var(--high)}.spark.medium,.card.medium .spark{fill:var(--medium)}.spark.low,.card.low .spark{fill:var(--low)}
    .bars{display:block;width:100%;max-width:34rem;height:60px;fill:var(--accent);border-bottom:1px solid var(--line)}figure{margin:.4rem 0}figcaption{color:var(--dim);font-size:.85em}
    .strip{width:100%}.strip th{font-weight:400;width:1%;white-space:nowrap;padding:.1rem .6rem .1rem 0;max-width:22rem;overflow:hidden;text-overflow:ellipsis}.strip td{padding:.1rem 0}.strip th,.strip td{border:0}
    .strip td svg{display:block;width:100%;height:12px}.strip td svg.spark{height:20px}
    .key{width:14px;height:14px;vertical-align:-2px;margin-left:.6rem}
    .k-quiet{fill:var(--quiet)}.k-low{fill:var(--low)}.k-medium{fill:var(--medium)}.k-high{fill:var(--high)}.k-none{fill:none;stroke:var(--line)}.hatch{stroke:var(--dim);stroke-width:1px;fill:none;vector-effect:non-scaling-stroke;opacity:.55}
    .filter{display:none}.js .filter{display:block}.filter input{font:inherit;padding:.25rem .5rem;min-width:16rem;max-width:100%}
    .files code{font-size:.8em;color:var(--dim)}.files{padding-left:1.1rem}
    .hide{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    @media(max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.3rem}.strip th{max-width:8rem}h1{font-size:1.2rem}}
    @media print{:root{--bg:#fff;--fg:#000;--dim:#444;--card:#fff;--line:#999;--high:#b3400a;--medium:#8f5d00;--low:#0a5ea8;--quiet:#c8e0d2}nav,.skip,.filter{display:none!important}body{max-width:none;font-size:10pt}.card,tr{break-inside:avoid}.scroll{overflow:visible}thead th{position:static}details::details-content{content-visibility:visible;display:block}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
    """

  /// Sorts and filters the table. Touches no text that it has not found in the page.
  static let script = """
    (function(){"use strict";
    document.documentElement.className="js";
    var table=document.getElementById("table");if(!table)return;
    var body=table.tBodies[0],rows=Array.prototype.slice.call(body.rows);
    var shown=document.getElementById("shown"),filter=document.getElementById("filter");
    function key(row,index,numeric){var cell=row.cells[index];var text=cell.getAttribute("data-sort")||cell.textContent.trim();return numeric?parseFloat(text.replace(/,/g,""))||0:text.toLowerCase();}
    Array.prototype.forEach.call(table.tHead.rows[0].cells,function(head,index){
    var button=document.createElement("button");button.type="button";button.textContent=head.textContent;
    head.textContent="";head.appendChild(button);
    button.addEventListener("click",function(){
    var numeric=head.getAttribute("data-kind")==="number";
    var first=numeric?"descending":"ascending";
    var order=head.getAttribute("aria-sort")===first?(numeric?"ascending":"descending"):first;
    Array.prototype.forEach.call(table.tHead.rows[0].cells,function(other){other.removeAttribute("aria-sort");});
    head.setAttribute("aria-sort",order);
    var sign=order==="ascending"?1:-1;
    rows.map(function(row,at){return{row:row,at:at,key:key(row,index,numeric)};})
    .sort(function(a,b){return a.key<b.key?-sign:a.key>b.key?sign:a.at-b.at;})
    .forEach(function(entry){body.appendChild(entry.row);});
    });});
    filter.addEventListener("input",function(){
    var words=filter.value.toLowerCase().split(/\\s+/).filter(Boolean),count=0;
    rows.forEach(function(row){
    var text=row.textContent.toLowerCase();
    var fits=words.every(function(word){return text.indexOf(word)>=0;});
    row.hidden=!fits;if(fits)count++;});
    shown.textContent=words.length?count+" of "+rows.length:"";
    });
    })();
    """
}
