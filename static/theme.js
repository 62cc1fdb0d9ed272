// Before the first paint: the appearance this person chose on this machine.
try { document.documentElement.dataset.theme = localStorage.getItem("theme") || ""; } catch { /* storage is off: the system decides */ }
