"""The whole system as a state machine: runners, a coach, workers and a mail server do what they may do, in
any order, and whatever arrives is held against what was promised."""
