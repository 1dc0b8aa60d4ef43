"""The words of each consent: a form shows them beside its tick, and the record keeps them."""

from django.utils.translation import gettext_lazy as _

WORDINGS = {
    "mail": _("Send me the program by email. I can leave at any time, by a link in every mail."),
    "health": _("Keep my tightness, pain and notes, so that the coach can see how I am doing."),
}
