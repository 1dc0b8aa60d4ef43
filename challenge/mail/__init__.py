"""What a mail says: the compiled day or mail, filled for one runner."""
