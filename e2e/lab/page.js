// What the tests ask the lab's page, put into it before its own script runs. It looks on, and changes nothing.
"use strict";

// The frame in which this browser makes the call to compare is left alone.
if (window === window.top) window.lab = (() => {
  const calls = [], errors = [];
  // A diagram that is drawn anew because its box changed is no error, though browsers tell it like one.
  addEventListener("error", e => { if (!e.message.startsWith("ResizeObserver loop")) errors.push(e.message); });
  addEventListener("unhandledrejection", e => errors.push(String(e.reason)));

  const real = window.fetch;
  window.fetch = async (input, init) => {
    const response = await real(input, init);
    const path = new URL(input, location.href).pathname.replace(/^\/api\/v1\//, "");
    const copy = response.clone();
    const call = { path, asked: init?.body ? JSON.parse(init.body) : undefined };
    call.done = copy.json().then(answer => { call.answer = answer; }, () => {});
    calls.push(call);
    return response;
  };

  const frames = n => new Promise(resolve => {
    const next = () => n-- > 0 ? requestAnimationFrame(next) : resolve();
    next();
  });

  // until waits for a value that is true, and says what it waited for where it never comes.
  async function until(what, test, patience = 60000) {
    const end = performance.now() + patience;
    for (;;) {
      const v = test();
      if (v) return v;
      if (performance.now() > end) throw new Error("waited in vain for " + what + "; the verdict says: " + document.querySelector(".verdict-area")?.textContent);
      await new Promise(resolve => setTimeout(resolve, 8));
    }
  }

  const text = s => document.querySelector(s)?.textContent ?? "";
  const main = () => document.querySelector("main.answer");

  return {
    calls, errors, frames, until, text,
    // ready: the page stands and the gallery is there.
    async ready() {
      await until("the page", () => main() && calls.some(c => c.path === "gallery") && main().getAttribute("aria-busy") !== "true");
      await Promise.all(calls.map(c => c.done));
      await frames(2);
    },
    // answered waits for the answer to the nth explain, and for the page to show it.
    async answered(n) {
      const call = await until("answer " + n, () => calls.filter(c => c.path === "explain")[n - 1]);
      await call.done;
      await until("the verdict", () => main().getAttribute("aria-busy") !== "true" && document.querySelector(".verdict"));
      await frames(2);
      return call;
    },
    explained: () => calls.filter(c => c.path === "explain").length,
    // press clicks the one of the elements that says this.
    press(selector, words) {
      const all = [...document.querySelectorAll(selector)];
      const one = all.find(b => b.textContent.trim() === words);
      if (!one) throw new Error("no " + selector + " says " + words + ", but " + all.map(b => b.textContent).join(", "));
      one.click();
    },
    // focus is what has the focus, and whether a reader sees that.
    focus() {
      const e = document.activeElement, box = e.getBoundingClientRect();
      const name = e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent || "";
      return {
        Name: name.trim().replace(/\s+/g, " ").slice(0, 100), Tag: e.getAttribute("role") || e.localName, ID: e.id, Visible: e.matches(":focus-visible"),
        Inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      };
    },
    // cutOff names what stands out of the page sideways, and texts that end in "…" without being told elsewhere.
    cutOff() {
      const found = [], wide = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth > wide) found.push("the page is " + document.documentElement.scrollWidth + " wide on a screen of " + wide);
      const scrolls = e => e && e !== document.body && (/(auto|scroll)/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
      for (const e of document.querySelectorAll("body *")) {
        const box = e.getBoundingClientRect();
        if (box.width === 0 || box.height <= 1 || e.closest("svg, .sr-only, .skip, .packet, dialog:not([open])") || !e.checkVisibility({visibilityProperty: true})) continue;
        if (box.right > wide + 1 && !scrolls(e.parentElement)) found.push("<" + e.localName + " class=" + e.className + "> ends at " + Math.round(box.right) + " of " + wide + ": " + e.textContent.slice(0, 60));
      }
      return found;
    },
    // number gives everything that can be pressed a number; reached says which of them has the focus; missed, which never had it.
    number() {
      const all = [...document.querySelectorAll("button, a[href], input, select, textarea, summary, [tabindex], [role=tab]")];
      const seen = all.filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.getAttribute("tabindex") !== "-1" || e.getAttribute("role") === "tab");
      seen.forEach((e, i) => { e.dataset.number = i; });
      return seen.length;
    },
    reached() {
      const e = document.activeElement;
      e.dataset.reached = "yes";
      return Number(e.dataset.number ?? -1);
    },
    missed() {
      // The arrow keys lead to the others of a group of radio buttons or of tabs.
      const group = e => e.closest("[role=tablist]") ?? (e.type === "radio" ? e.closest("form") : null);
      return [...document.querySelectorAll("[data-number]:not([data-reached])")]
        .filter(e => !group(e)?.querySelector("[data-reached]" + (e.type === "radio" ? "[type=radio]" : "")))
        .map(e => "<" + e.localName + "> " + (e.getAttribute("aria-label") ?? e.textContent).slice(0, 60));
    },
    // events are the kinds of what the diagram shows, in order.
    events: () => [...document.querySelectorAll(".diagram g.row")].map(g =>
      ["call", "check", "send", "answer", "silence", "cache", "held", "stop", "error", "deliver"].find(k => g.classList.contains(k)) ?? "?"),
    // shown is what a reader has before them.
    shown: () => ({
      word: text(".verdict .word").replace(/^\S+\s+/, ""),
      sentence: text(".verdict h1"),
      because: text(".verdict .because"),
      text: text("#cli-text"),
      position: text(".player .position"),
    }),
  };
})();
