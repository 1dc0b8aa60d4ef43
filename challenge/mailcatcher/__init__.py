"""The mail inbox of a machine without a mail server: it takes every mail and shows it on a page.

It is mounted only where INBOX_DIR is set. Whoever opens it reads everybody's mail.
"""
