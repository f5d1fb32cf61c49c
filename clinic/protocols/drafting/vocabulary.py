"""What an author is told beside a field, and what its choices are called.

By the field's name, or by its model's and its own where the same name means another thing there.
"""

from clinic.access import ROLES
from clinic.protocols.document import GateCode
from clinic.protocols.spoken import BASIS, say

HELP = {
    "answered": "Yes: holds whenever there is an answer at all.",
    "basis": "Law, label, protocol or a rule of the house.",
    "below": "Empty: any larger total.",
    "capacity": "How other rules name it. Left empty, it is made from the title.",
    "citation": "Where this was read: document, section, page.",
    "code": "How other rules name it. Left empty, it is made from the words.",
    "confirm": "No source was read, or sources leave it open. The approver ticks it.",
    "equals": "Yes, no, a short name or a whole number. Of medicines: yes is any at all, no is none, "
    "a word is one that is called so.",
    "key": "How other rules name it. Left empty, it is made from the words.",
    "number": "Such as 3, and 3a for what is asked only after question 3.",
    "presence": "How near the person must be.",
    "professions": "A line for each place: US-OR: facilitator. “*” stands for everywhere else.",
    "source": "Where this was read: document, section, page.",
    "staff": "",
    "steps": "For a scale, a line for each step: 0: none.",
    "substance": "One word in small letters, such as ketamine.",
    "alerts": "",
    "Band.below": "Does not belong to the band. Empty: no upper end.",
    "Band.starts": "Belongs to the band. Empty: no lower end.",
    "Checklist.slot": "Text: the clinic loads the wording. Result: only what came out is written.",
    "Condition.below": "",
    "FreshTest.code": "One question of it says the day; what stops the dose is said there.",
    "Washout.taken_options": "For a choice. Save its question first, then choose here.",
    "Enrolment.checklist": "Who looked it up, when, and under what.",
    "Gate.code": "",
    "Item.instrument": "For a form as the answer: its total score.",
    "Match.below": "",
    "Option.exclusive": "Such as “None of these”.",
    "or_not_known": "",
    "Touchpoint.message": "Nothing is sent without one.",
}
# Amounts, in the one unit of the protocol.
AMOUNTS = {
    ("DoseRange", "minimum"), ("DoseRange", "maximum"), ("StayRow", "below"), ("RatioRow", "below"),
    ("DoseStep", "amounts"), ("Pieces", "holds"), ("Pieces", "at_most"),
}  # fmt: skip

DECIDERS = {
    "nobody": "Nobody",
    "prescriber": "The prescriber, by recorded judgement",
    "sponsor_ethics": "Sponsor and ethics committee",
    **{f"role:{code}": f"By override: {name.lower()}" for code, (name, _, _) in ROLES.items()},
}
ANSWERED_WITH = {
    "yes_no": "Yes or no",
    "one_of": "One of several answers",
    "some_of": "Any of several answers",
    "integer": "A whole number",
    "decimal": "A number",
    "date": "A date",
    "time": "A time of day",
    "duration": "A length of time",
    "medication": "Medicines",
    "text": "Words",
    "attestation": "Said to be so",
    "instrument": "Another form, by its total",
}
CHOICES = {
    "basis": BASIS,
    "decider": DECIDERS,
    "Gate.code": {code.value: say(code).capitalize() for code in GateCode},
}
