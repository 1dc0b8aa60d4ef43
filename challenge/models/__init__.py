"""What is kept, one noun a file."""

from challenge.models.check_in import CheckIn, Progress
from challenge.models.conversation import Question
from challenge.models.day import Day, Revision
from challenge.models.delivery import Attempt, Delivery
from challenge.models.enrollment import Enrollment, Event
from challenge.models.mail_request import MailRequest
from challenge.models.program import Article, Cohort, Program
from challenge.models.saved_filter import SavedFilter
from challenge.models.stretch import Recall, Stretch, StretchVersion
from challenge.models.suppression import Suppression

__all__ = [
    "Article",
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
    "Question",
    "Recall",
    "Revision",
    "SavedFilter",
    "Stretch",
    "StretchVersion",
    "Suppression",
]
