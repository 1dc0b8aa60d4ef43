"""The mail inbox of a machine without a mail server: it keeps every mail and shows it on a page.

Its pages exist only where INBOX_DIR is set. Anybody who opens them reads all mail.
"""
