// Countersign's own script: dialogs, the "?" marks, keys on lists, the theme. Everything works without it as plain pages.
(() => {
  "use strict";
  const root = document.documentElement;
  const modal = () => document.getElementById("modal");
  let opener = null;

  // Appearance
  const theme = localStorage.getItem("theme") || "";
  if (theme) root.dataset.theme = theme;
  const themeSwitch = document.querySelector("[data-theme-switch]");
  if (themeSwitch) {
    themeSwitch.value = theme;
    themeSwitch.addEventListener("change", () => {
      localStorage.setItem("theme", themeSwitch.value);
      if (themeSwitch.value) root.dataset.theme = themeSwitch.value; else delete root.dataset.theme;
    });
  }

  // The window for Details: opened by what HTMX puts into it, closed by x, Esc and a click outside
  document.addEventListener("htmx:after:swap", () => {
    const box = modal();
    if (box && box.firstElementChild && !box.open) { opener = document.activeElement; box.showModal(); }
  });
  const emptied = () => { modal().replaceChildren(); if (opener && opener.isConnected) opener.focus(); };
  const box = modal();
  if (box) {
    box.addEventListener("close", emptied);
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  }

  // The "?" beside a grey button: hover and focus are CSS, tap and Esc are here
  document.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-why]");
    document.querySelectorAll(".why.open").forEach((why) => {
      if (!mark || why !== mark.parentElement) { why.classList.remove("open"); why.querySelector("[data-why]").setAttribute("aria-expanded", "false"); }
    });
    if (mark) mark.setAttribute("aria-expanded", String(mark.parentElement.classList.toggle("open")));
    const grey = event.target.closest("[aria-disabled=true]");
    if (grey) event.preventDefault();
  });

  // Select many
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-select-all]");
    if (all) (all.closest("table") || all.closest("form")).querySelectorAll("input[type=checkbox][name=ids]").forEach((one) => { if (!one.disabled) one.checked = all.checked; });
  });

  // Keys on lists
  const rows = () => [...document.querySelectorAll("[data-list] [data-row]")];
  const current = () => document.querySelector("[data-row].is-current");
  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = Math.max(0, Math.min(all.length - 1, all.indexOf(current()) + step));
    all.forEach((row) => row.classList.remove("is-current"));
    all[at].classList.add("is-current");
    all[at].scrollIntoView({block: "nearest"});
  };
  const press = (key) => {
    const inRow = current() && current().querySelector(`[data-key="${key}"]`);
    const target = inRow || (key === "e" && document.querySelector('[data-key="e"]'));
    if (target) target.click();
    return Boolean(target);
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog[open]");
    if (event.key === "Escape") document.querySelectorAll(".why.open").forEach((why) => why.classList.remove("open"));
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (["a", "r", "x", "e"].includes(event.key)) { if (press(event.key)) event.preventDefault(); }
    else if (event.key === "Enter" && !event.target.closest("a, button")) press("Enter");
  });
})();
