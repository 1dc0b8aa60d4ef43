"""What is kept, one noun a file."""

from challenge.models.check_in import CheckIn, Progress
from challenge.models.delivery import Attempt, Delivery
from challenge.models.enrollment import Enrollment, Event
from challenge.models.mail_request import MailRequest
from challenge.models.program import Cohort, Day, Program, Revision, Stretch
from challenge.models.saved_filter import SavedFilter
from challenge.models.suppression import Suppression

__all__ = [
    "Attempt",
    "CheckIn",
    "Cohort",
    "Day",
    "Delivery",
    "Enrollment",
    "Event",
    "MailRequest",
    "Program",
    "Progress",
    "Revision",
    "SavedFilter",
    "Stretch",
    "Suppression",
]
