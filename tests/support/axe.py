"""axe in a tab, in light and in dark colours."""

import re
import time
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

# Stretches and lessons have one template each: one that holds nothing new to axe has no new colours.
ALIKE = re.compile(r"(stretch|day-\d\d)-")
# The elements of a page as axe's rules see them: their places, their attributes, whether they say something.
# And the steps from heading to heading.
SHAPES = """() => {
  const shapes = new Set();
  let heading = "";
  for (const e of document.querySelectorAll("*")) {
    const attributes = e.getAttributeNames().map(name => {
      const named = ["class", "role", "type", "lang", "dir", "scope", "tabindex"].includes(name);
      return named ? `${name}=${e.getAttribute(name)}` : `${name}:${e.getAttribute(name) !== ""}`;
    });
    const says = e.textContent.trim() !== "";
    shapes.add([e.parentNode.nodeName, e.tagName, says, ...attributes.sort()].join(" "));
    if (/^H[1-6]$/.test(e.tagName)) {
      shapes.add(`${heading} to ${e.tagName}`);
      heading = e.tagName;
    }
  }
  return [...shapes];
}"""
# Colours that move have no contrast yet.
VIOLATIONS = """async options => {
  document.getAnimations().forEach(animation => animation.finish());
  const {violations} = await axe.run(options);
  return violations.map(({id, nodes}) => [id, nodes.map(({target, html}) => [target, html])]);
}"""
# Of all rules only this one depends on the colours.
WITH_COLOURS: dict[str, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
WITHOUT_COLOURS: dict[str, dict[str, Any]] = {"light": {"rules": {"color-contrast": {"enabled": False}}}}


class Looks:
    """The looks of axe at what a tab shows; `found` has a line for each violation."""

    def __init__(self, page: Any, **options: Any) -> None:
        page.add_init_script(AXE_SCRIPT)
        page.goto("about:blank")
        self._page, self._options = page, {"resultTypes": ["violations"], **options}
        self.begun, self.count, self.found = time.monotonic(), 0, list[str]()
        self._shapes = set[str]()

    def at(self, name: str) -> None:
        shapes = set(self._page.evaluate(SHAPES))
        is_new = not ALIKE.match(name) or not shapes <= self._shapes
        self._shapes |= shapes
        for scheme, rules in (WITH_COLOURS if is_new else WITHOUT_COLOURS).items():
            self.count += 1
            self._page.emulate_media(color_scheme=scheme)
            for rule, nodes in self._page.evaluate(VIOLATIONS, {**self._options, **rules}):
                for target, html in nodes:
                    where = " ".join(map(str, target))
                    self.found.append(f"{name}, {scheme}: {rule} at {where}: {html[:90]}")

    def told(self, what: str) -> str:
        seconds = time.monotonic() - self.begun
        looks = f"each kind light and dark, {self.count} looks in {seconds:.0f} s"
        return f"M3 axe: {what}, {looks}: {len(self.found)} violations"
