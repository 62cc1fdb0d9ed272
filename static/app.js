// Countersign's own script: windows, the "?", keys on lists, selection, files, appearance. Every page works without it.
// Its state lives in data-now attributes, which a morph leaves alone (see htmx-config in base.html).
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (name, listen, capture = false) => document.addEventListener(name, listen, capture);
  const near = (event, selector) => event.target.closest?.(selector);
  const is = (one, word) => (one.dataset.now || "").split(" ").includes(word);
  const mark = (one, word, wanted) => {
    const words = new Set((one.dataset.now || "").split(" ").filter(Boolean));
    words[wanted ? "add" : "delete"](word);
    if (words.size) one.dataset.now = [...words].join(" "); else delete one.dataset.now;
  };
  const ready = (run) => document.readyState === "loading" ? on("DOMContentLoaded", run) : run();

  // Appearance: system, light or dark
  ready(() => $$("[data-theme-switch]").forEach((one) => { one.value = document.documentElement.dataset.theme || ""; }));
  on("change", (event) => {
    const chosen = near(event, "[data-theme-switch]");
    if (!chosen) return;
    document.documentElement.dataset.theme = chosen.value;
    try { localStorage.setItem("theme", chosen.value); } catch { /* it lasts for this page */ }
  });

  // What a screen reader should hear: which list stands there now, once
  const say = (text) => { const box = $("#announce"); if (box && box.textContent !== text) box.textContent = text; };
  const warn = (text) => {
    const box = $("dialog[open] .details-body") || $(".flashes");
    if (!box || $("[data-lost]")) return;
    const notice = Object.assign(document.createElement("p"), {className: "notice notice-bad", textContent: text});
    notice.dataset.lost = "";
    box.prepend(notice);
    say(text);
  };

  // Windows: opened by what arrives in #modal, closed by x, Esc and a press outside; focus stays inside and goes back
  const openers = new WeakMap();
  const show = (box, opener) => {
    if (box.open) return;
    openers.set(box, {one: opener, id: opener?.id, row: opener?.closest("[data-row]")?.id});
    box.showModal();
  };
  const back = (box) => {
    const {one, id, row} = openers.get(box) || {};
    const found = one?.isConnected ? one : (id && document.getElementById(id)) || (row && $("#" + CSS.escape(row) + " [data-key=Enter]"));
    found?.focus({preventScroll: true});
  };
  on("close", (event) => {
    if (event.target.localName !== "dialog") return;
    if (event.target.id === "modal") event.target.replaceChildren();
    back(event.target);
  }, true);
  let pressed = null;
  on("pointerdown", (event) => { pressed = event.target; });
  on("click", (event) => {
    if (event.target.localName === "dialog" && pressed === event.target) event.target.close();
    const closing = near(event, "dialog [data-close]");
    if (closing) { event.preventDefault(); closing.closest("dialog").close(); }
    const opening = near(event, "[data-opens]");
    if (opening) show($("#" + opening.dataset.opens), opening);
  });
  on("keydown", (event) => {
    const box = event.key === "Tab" && $("dialog[open]:last-of-type");
    if (!box) return;
    const stops = $$("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']", box).filter((one) => !one.disabled && one.checkVisibility());
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (to && (document.activeElement === from || !box.contains(document.activeElement))) { event.preventDefault(); to.focus(); }
  });

  // A question before something that cannot be taken back: <form data-confirm="…" data-confirm-word="Unlink">
  on("submit", (event) => {
    const form = event.target, box = $("#confirm");
    const asked = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (!asked || !box || is(form, "sure")) return mark(form, "sure", false);
    event.preventDefault();
    event.stopImmediatePropagation();
    $("[data-question]", box).textContent = asked;
    const yes = $("[value=yes]", box), submitter = event.submitter;
    yes.textContent = submitter?.dataset.confirmWord || form.dataset.confirmWord || "Yes, do it";
    box.returnValue = "";
    show(box, submitter);
    box.onclose = () => { if (box.returnValue === "yes") { mark(form, "sure", true); form.requestSubmit(submitter); } };
  }, true);

  // One press, one request: comfort only, the server is the one that refuses a second. In a grid each press is another one
  on("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || event.defaultPrevented || form.matches("[data-each-press]")) return;
    if (is(form, "busy")) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    mark(form, "busy", true);
    setTimeout(() => mark(form, "busy", false), 4000);
  }, true);
  on("htmx:finally:request", (event) => mark(event.detail.ctx.sourceElement, "busy", false));
  addEventListener("pageshow", () => $$("form[data-now~=busy]").forEach((form) => mark(form, "busy", false)));

  // The "?": hover and focus are CSS; placing it, tapping it and Esc are here
  const place = (why) => {
    const text = $(".why-text", why), at = why.getBoundingClientRect();
    Object.assign(text.style, {position: "fixed", left: "0", top: "0"});
    const {width, height} = text.getBoundingClientRect();
    const below = at.bottom + 6 + height < innerHeight || at.top < height + 12;
    text.style.left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8)) + "px";
    text.style.top = (below ? at.bottom + 6 : at.top - height - 6) + "px";
  };
  const expand = (why, wanted) => { mark(why, "open", wanted); $("[data-why]", why)?.setAttribute("aria-expanded", String(wanted)); };
  const entered = (event) => { const why = near(event, ".why"); if (why) place(why); };
  on("pointerover", entered);
  on("focusin", entered);
  const left = (event) => { const why = near(event, ".why"); if (why && !why.contains(event.relatedTarget)) { mark(why, "hushed", false); if (event.type === "focusout") expand(why, false); } };
  on("pointerout", left);
  on("focusout", left);
  on("scroll", () => $$(".why").filter((why) => why.matches(":hover, :focus-within")).forEach(place), true);
  on("click", (event) => {
    const why = near(event, ".why");
    $$(".why[data-now~=open]").forEach((other) => { if (other !== why) expand(other, false); });
    if (why && near(event, "[data-why], [aria-disabled=true]")) { mark(why, "hushed", false); expand(why, !is(why, "open")); place(why); }
    if (near(event, "[aria-disabled=true]")) event.preventDefault();
    $$("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // Choosing rows: all, a range with Shift, and what they add up to
  const written = (minor) => {
    const text = (Math.abs(minor) / 100).toLocaleString("en-US", {minimumFractionDigits: 2});
    return minor < 0 ? `(${text})` : text;
  };
  const CHOICE = "[data-row] input[type=checkbox][name=ids]";
  const boxes = (inside) => $$(CHOICE, inside.closest("table")).filter((box) => !box.disabled && !box.closest("[hidden]"));
  const count = () => $$("[data-selected]").forEach((output) => {
    const chosen = $$(CHOICE + ":checked");
    const sum = chosen.reduce((total, box) => total + Number(box.closest("[data-row]").dataset.amount || 0), 0);
    output.textContent = `${chosen.length} selected` + (sum ? ` · ${written(sum)}` : "");
  });
  let last = null;
  on("click", (event) => {
    const box = near(event, CHOICE);
    if (!box) return;
    const all = boxes(box), [a, b] = [all.indexOf(last), all.indexOf(box)].sort((x, y) => x - y);
    if (event.shiftKey && a >= 0) all.slice(a, b + 1).forEach((one) => { one.checked = box.checked; });
    last = box;
    count();
  });
  on("change", (event) => {
    const all = near(event, "[data-select-all]");
    if (all) { boxes(all).forEach((one) => { one.checked = all.checked; }); count(); }
  });

  // Keys on lists; never while somebody types, never with a window open
  const rows = () => $$("[data-list] [data-row]");
  let here = -1;
  const step = (by) => {
    const all = rows(), now = all.findIndex((row) => is(row, "row"));
    go(all, Math.max(0, Math.min(all.length - 1, (now < 0 ? here - (by > 0 && here >= 0 ? 1 : 0) : now) + by)));
  };
  const go = (all, at) => {
    all.forEach((row, n) => mark(row, "row", n === at));
    if (!all[at]) return;
    here = at;
    all[at].tabIndex = -1;
    all[at].focus({preventScroll: true});
    all[at].scrollIntoView({block: "nearest"});
  };
  const target = (key) => {
    const row = document.activeElement.closest("[data-row]") || $("[data-row][data-now~=row]");
    return (row && $(`[data-key="${key}"]`, row)) || $(`[data-key="${key}"]:not([data-row] *)`);
  };
  const typing = (one) => one.closest?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");
  on("keydown", (event) => {
    if (event.key === "Escape") $$(".why").forEach((why) => { if (why.matches(":hover, :focus-within")) mark(why, "hushed", true); expand(why, false); });
    if (event.key === " " && near(event, "a[role=button]")) { event.preventDefault(); event.target.click(); }
    const within = event.key === "Escape" && typing(event.target) && !$("dialog[open]") && near(event, "[data-list] [data-row]");
    if (within) return go(rows(), rows().indexOf(within));
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
    if (event.key === "?" && $("#keys")) { event.preventDefault(); return show($("#keys"), document.activeElement); }
    if (event.key === "/" && $("input[type=search]")) { event.preventDefault(); return ($("main input[type=search]") || $("input[type=search]")).focus(); }
    if (!rows().length) return;
    if (event.key === "j" || event.key === "k") return step(event.key === "j" ? 1 : -1);
    if (!["a", "r", "x", "e", "Enter"].includes(event.key) || (event.key === "Enter" && near(event, "a, button, input, summary"))) return;
    const found = target(event.key);
    if (found) { event.preventDefault(); found.click(); }
  });
  on("focusin", (event) => {
    const row = near(event, "[data-list] [data-row]");
    if (row) { const all = rows(); here = all.indexOf(row); all.forEach((one, n) => mark(one, "row", n === here && event.target.matches(":focus-visible"))); }
    if (event.target.autofocus) event.target.autofocus = false;
  });

  // An acceptance is posted when its last drop-down is chosen, not while the others are still empty
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.choices");
    const open = form && !form.closest(".is-accepted") && $$("select", form).some((one) => !one.value);
    if (open) event.stopPropagation();
  }, true);

  // What is typed among the choices is posted once, when the field is left or at Enter: a date field changes with every key
  const typed = (event) => near(event, "form.choices[hx-trigger] input:not([type=hidden])");
  const leave = (field) => {
    if (!field.value) field.value = field.defaultValue;
    if (field.isConnected && field.value !== field.defaultValue) field.form.requestSubmit();
  };
  on("change", (event) => { if (typed(event)) event.stopPropagation(); }, true);
  on("focusout", (event) => { if (typed(event)) leave(event.target); });
  on("keydown", (event) => {
    if (!typed(event)) return;
    if (event.key === "Escape") event.target.value = event.target.defaultValue;
    if (event.key === "Enter") { event.preventDefault(); leave(event.target); }
  }, true);

  // A quick filter inside one table: <input data-narrows="#lines">, with <output data-narrowed>
  on("input", (event) => {
    const box = near(event, "[data-narrows]");
    if (!box) return;
    const all = $$("tbody > tr", $(box.dataset.narrows)), words = box.value.toLowerCase().split(/\s+/);
    all.forEach((row) => { row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word)); });
    const output = $("[data-narrowed]", box.closest("form, .list-head, .details-body") || document);
    if (output) output.textContent = `${all.filter((row) => !row.hidden).length} of ${all.length}`;
  });

  // Files: drop them on the label, see their name and size
  const named = (input) => {
    const text = $("[data-drop-name]", input.closest("[data-drop]"));
    if (text && input.files.length) text.textContent = [...input.files].map((file) => `${file.name}, ${Math.max(1, Math.round(file.size / 1024)).toLocaleString("en-US")} KB`).join("; ");
  };
  on("change", (event) => { if (near(event, "[data-drop] input[type=file]")) named(event.target); });
  for (const name of ["dragover", "dragleave", "drop"]) on(name, (event) => {
    const label = near(event, "[data-drop]");
    if (!label) return;
    event.preventDefault();
    mark(label, "over", name === "dragover");
    const input = $("input[type=file]", label);
    if (name === "drop" && event.dataTransfer.files.length) { input.files = event.dataTransfer.files; named(input); input.dispatchEvent(new Event("change", {bubbles: true})); }
  });

  // After HTMX brought something
  const settle = () => {
    $$(".is-accepted form.choices input:not([type=hidden])").forEach((field) => { if (field !== document.activeElement) field.value = field.defaultValue; });
    $$(".table-wrap, .tabs, .filter-menu ul").forEach((box) => { if (box.scrollWidth > box.clientWidth + 1 && !$("a, button, input", box)) box.tabIndex = 0; });
    $$(".tabs [aria-current], .filter-menu [aria-current]").forEach((one) => { const strip = one.closest(".tabs, ul"); if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = one.offsetLeft - strip.offsetLeft - 40; });
    count();
  };
  ready(settle);
  on("htmx:before:swap", (event) => { event.detail.inside = Boolean(document.activeElement?.closest("dialog[open]")); });
  on("htmx:after:swap", (event) => {
    const source = event.detail.ctx?.sourceElement, box = $("#modal");
    $$("[data-lost]").forEach((notice) => notice.remove());
    if (box?.firstElementChild && !box.open) show(box, source);
    else if (box?.open && !box.contains(document.activeElement)) ($(".tabs [aria-current]", box) || $("a, button", box))?.focus({preventScroll: true});
    else if (here >= 0 && document.activeElement === document.body && !$("[data-row][data-now~=row]")) go(rows(), Math.min(here, rows().length - 1));
    settle();
    const list = $("[data-say]") || $("#list-heading");
    if (list) say(`${list.textContent.trim()}, ${rows().length} rows`);
  });

  // When the server does not answer: say so, and let what polls try again
  const again = (one) => setTimeout(() => {
    if (!one.isConnected) return;
    const fresh = one.cloneNode(true);
    fresh.removeAttribute("data-htmx-powered");
    one.replaceWith(fresh);
    htmx.process(fresh);
  }, 5000);
  const polls = (one) => one?.getAttribute("hx-trigger")?.startsWith("load");
  on("htmx:error", (event) => {
    const ctx = event.detail.ctx;
    if (!ctx) return;
    warn(ctx.request?.method === "GET" ? "Countersign does not answer. What you see may be old." : "Countersign did not answer. Whether it was done is not known: reload the page and look before you press again.");
    if (polls(ctx.sourceElement)) again(ctx.sourceElement);
  });
  on("htmx:response:error", (event) => {
    const ctx = event.detail.ctx;
    if (polls(ctx.sourceElement)) again(ctx.sourceElement);
    if ($("dialog[open] .details-body") && ctx.hx?.retarget === ".flashes") { ctx.hx.retarget = "dialog[open] .details-body"; ctx.hx.reswap = "afterbegin"; }
  });
})();
