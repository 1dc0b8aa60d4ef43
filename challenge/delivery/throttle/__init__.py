"""How fast mail may go, and to whom not at all for a while."""
