"""The limits of how fast mail may go, and the suspension of a domain that refuses it."""
