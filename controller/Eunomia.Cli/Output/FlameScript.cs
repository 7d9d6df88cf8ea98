namespace Eunomia.Cli.Output;

/// <summary>What makes the picture of a profile answer to mouse and keyboard.</summary>
internal static class FlameScript
{
    internal const string Style = """

        text { font: 12px sans-serif; fill: #111; }
        svg { background: #fff; }
        #title { font-size: 17px; text-anchor: middle; }
        #matched { text-anchor: end; transform: translateX(-10px); }
        #reset, #search { cursor: pointer; fill: #06c; }
        #reset { visibility: hidden; }
        .f { cursor: pointer; background: none; }
        .f text { pointer-events: none; }
        .f:hover rect { stroke: #000; }
        .outer { opacity: 0.55; }
        .hit rect { fill: #d3d; }

        """;

    internal const string Text = """

        "use strict";
        (function () {
          const byId = (id) => document.getElementById(id);
          const frames = Array.from(document.querySelectorAll(".f"), (box) => ({
            box, label: box.querySelector("text"), name: box.dataset.name, about: box.querySelector("title").textContent,
            start: Number(box.dataset.s), count: Number(box.dataset.n), depth: Number(box.dataset.d)
          }));
          const all = frames.length ? frames[0] : null;
          let zoomed = all;
          let pattern = null;

          function fit(frame, width) {
            const most = Math.floor((width - 6) / 6.7);
            frame.label.textContent = most < 3 ? "" : frame.name.length <= most ? frame.name : frame.name.slice(0, most - 1) + "\u2026";
          }

          function draw() {
            const page = document.documentElement.getBoundingClientRect().width || window.innerWidth;
            const end = zoomed.start + zoomed.count;
            for (const frame of frames) {
              const inside = frame.depth >= zoomed.depth && frame.start >= zoomed.start && frame.start + frame.count <= end;
              const below = frame.depth < zoomed.depth && frame.start <= zoomed.start && frame.start + frame.count >= end;
              const share = below ? 1 : frame.count / zoomed.count;
              const shown = (inside || below) && share * page >= 0.1;
              frame.box.style.display = shown ? "" : "none";
              frame.box.classList.toggle("outer", below);
              if (shown) {
                frame.box.setAttribute("x", below ? "0%" : (frame.start - zoomed.start) / zoomed.count * 100 + "%");
                frame.box.setAttribute("width", share * 100 + "%");
                fit(frame, share * page);
              }
            }
            byId("reset").style.visibility = zoomed === all ? "hidden" : "visible";
          }

          // A frame below another that matches is counted with that one.
          function mark() {
            let matched = 0;
            let until = 0;
            for (const frame of frames) {
              const hit = pattern !== null && pattern.test(frame.name);
              frame.box.classList.toggle("hit", hit);
              if (hit && frame.start >= until) {
                matched += frame.count;
                until = frame.start + frame.count;
              }
            }
            byId("matched").textContent = pattern === null ? "" : "matched: " + (100 * matched / all.count).toFixed(2) + " %";
            byId("search").textContent = pattern === null ? "search (Ctrl-F)" : "clear search";
          }

          function search(text) {
            try {
              pattern = text ? new RegExp(text) : null;
            } catch (error) {
              byId("matched").textContent = error.message;
              return;
            }
            mark();
          }

          function ask() {
            const text = window.prompt("Regular expression to search for", "");
            if (text !== null) {
              search(text);
            }
          }

          if (all === null || all.count === 0) {
            return;
          }
          for (const frame of frames) {
            frame.box.addEventListener("click", () => { zoomed = frame; draw(); });
            frame.box.addEventListener("mouseover", () => { byId("details").textContent = frame.about; });
            frame.box.addEventListener("mouseout", () => { byId("details").textContent = ""; });
          }
          byId("reset").addEventListener("click", () => { zoomed = all; draw(); });
          byId("search").addEventListener("click", () => { if (pattern === null) { ask(); } else { search(""); } });
          window.addEventListener("keydown", (event) => {
            if ((event.ctrlKey || event.metaKey) && event.key === "f") {
              event.preventDefault();
              ask();
            }
          });
          window.addEventListener("resize", draw);
          draw();
          const wanted = /[#&]search=([^&]*)/.exec(window.location.hash);
          if (wanted) {
            search(decodeURIComponent(wanted[1]));
          }
        })();

        """;
}
