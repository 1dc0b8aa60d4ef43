"""How fast mail leaves: each measure of docs/performance.md, beside the limit and beside others."""
