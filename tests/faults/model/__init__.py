"""The whole system as a state machine: runners, a coach, workers and a mail server act in any order, and
what arrives is checked against the promises."""
