"""The content of a mail: the compiled day or mail, filled for one runner."""
