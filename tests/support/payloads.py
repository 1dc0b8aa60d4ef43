"""Input that could break a mail or a page, and input that is fine."""

from challenge.curriculum.slots import CLOSE, OPEN

# What is refused when it is to be published, in whatever field it stands.
REFUSED = {
    "html": "Text with <b onclick=x()>bold</b> and an <img src=x onerror=alert(1)> in it, enough of it.",
    "script": "Text with a <script>alert(document.domain)</script> in it, and with enough words.",
    "broken tag": "Text that ends the page </style></mj-text></body><svg/onload=alert(1)> and goes on.",
    "template": "Text with {{ slot.done_url }} and {% load static %} {# note #} in it, and more words.",
    "placeholder": "Text with {nobody} and {first_name.__class__} and {0} in it, and with more words.",
    "header": "A subject of words\r\nBcc: everybody@example.com\r\n\r\n<p>A body</p>, and with more words.",
    "slot": f"Text with {OPEN}leave_url{CLOSE} and {OPEN}?greeting{CLOSE} in it, and with more words.",
    "link": "Text with [words](javascript:alert(1)) and data:text/html;base64,PHN2Zz4= and more words.",
    "turned": "Text that is \u202eturned round\u202c for the reader, and that has more words than that.",
    "bell": "Text with a bell \x07 and an escape \x1b[31m in it, and with more words than that, too.",
    "entity": "Text with &#x27E6;leave_url&#x27E7; in it, which is a slot once more, and with more words.",
}
# What anybody may write.
FINE = {
    "emoji": "Easy does it 🏃🏽\u200d♀️ today, and a smile 🙂 at the end of it all.",
    "right to left": "קצת עברית באמצע, ואחר כך עוד מילים כדי שיהיה די טקסט בשדה הזה.",
    "quotes": "She said \"less\" & 'slower' than 5 < 6 > 4; 100 m = 1/10 km, and then a bit more.",
    "formula": "=1+1 is two, and @ or + or - at the start of a line is fine here as well.",
}
