"""The mail inbox of a machine without a mail server: it stores every mail and shows it on a page. Its pages
exist only where INBOX_DIR is set. Everybody who opens them can read all mail."""
