"""The colours of the mails, in a light and a dark theme; static/site.css has the same ones."""

LIGHT = {
    "ground": "#f6f2eb",
    "paper": "#ffffff",
    "ink": "#22201c",
    "quiet": "#5c564d",
    "line": "#8a8378",
    "hair": "#e6dfd3",
    "accent": "#0b5d52",
    "on_accent": "#ffffff",
    "warm": "#9a3f1b",
    "good": "#e3f1ee",
    "note": "#fbf3df",
}
DARK = {
    "ground": "#171613",
    "paper": "#23211d",
    "ink": "#ece7de",
    "quiet": "#b9b1a4",
    "line": "#8f877a",
    "hair": "#3a362f",
    "accent": "#7fd6c8",
    "on_accent": "#10231f",
    "warm": "#f0a27c",
    "good": "#1d3530",
    "note": "#38301c",
}
# The colours of text on each background; a test checks each pair against WCAG's contrast.
TEXT = {
    "ground": {"ink", "quiet", "accent"},
    "paper": {"ink", "quiet", "accent", "warm"},
    "good": {"ink", "quiet", "accent"},
    "note": {"ink", "accent", "warm"},
    "accent": {"on_accent"},
}
