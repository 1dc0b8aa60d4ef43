"""DKIM: our own signature, where no provider signs."""
