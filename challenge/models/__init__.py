"""The tables, one file for each subject."""

from challenge.models.address_change import AddressChange
from challenge.models.alarm import Alarm
from challenge.models.attempt import Answer, Attempt, Outcome, OwnAnswer, Phase
from challenge.models.check_in import CheckIn, DayAnswer, EarlierCheckIn, Progress
from challenge.models.day import Day, Revision
from challenge.models.delivery import Delivery
from challenge.models.delivery_event import DeliveryEvent
from challenge.models.desk_item import DeskItem
from challenge.models.enrollment import Enrollment, Event
from challenge.models.escalation import Escalation
from challenge.models.heartbeat import Heartbeat
from challenge.models.hold import Hold
from challenge.models.limit import Limit
from challenge.models.mail_request import MailRequest
from challenge.models.message import Memo, Message, Note
from challenge.models.program import Article, Cohort, Program
from challenge.models.restore_stop import RestoreStop
from challenge.models.safety_level import SafetyLevel
from challenge.models.safety_rules import SafetyRules
from challenge.models.saved_filter import SavedFilter
from challenge.models.screening import Screening
from challenge.models.stretch import Recall, Stretch, StretchVersion
from challenge.models.suppression import Suppression
from challenge.models.waiting_sign_up import WaitingSignUp

__all__ = [
    "AddressChange",
    "Alarm",
    "Answer",
    "Article",
    "Attempt",
    "CheckIn",
    "Cohort",
    "Day",
    "DayAnswer",
    "Delivery",
    "DeliveryEvent",
    "DeskItem",
    "EarlierCheckIn",
    "Enrollment",
    "Escalation",
    "Event",
    "Heartbeat",
    "Hold",
    "Limit",
    "MailRequest",
    "Memo",
    "Message",
    "Note",
    "Outcome",
    "OwnAnswer",
    "Phase",
    "Program",
    "Progress",
    "Recall",
    "RestoreStop",
    "Revision",
    "SafetyLevel",
    "SafetyRules",
    "SavedFilter",
    "Screening",
    "Stretch",
    "StretchVersion",
    "Suppression",
    "WaitingSignUp",
]
