/* Fills in the visitor's own time zone and tomorrow's date on an empty form; it works without it. */
"use strict";
const form = document.querySelector("form[data-prefill]");
if (form) {
  const detected = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = ["Etc/UTC", "Etc/GMT", "GMT"].includes(detected) ? "UTC" : detected;
  const select = form.elements.time_zone;
  if (!select.value && [...select.options].some((option) => option.value === zone)) {
    select.value = zone;
  }
  const start = form.elements.starts_on;
  if (start && start.value === start.defaultValue) {
    const tomorrow = new Date();
    tomorrow.setDate(tomorrow.getDate() + 1);
    const two = (number) => String(number).padStart(2, "0");
    start.value = `${tomorrow.getFullYear()}-${two(tomorrow.getMonth() + 1)}-${two(tomorrow.getDate())}`;
  }
}
