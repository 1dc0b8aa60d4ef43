"""The DNS records by which receivers decide whether a mail is ours: query, judge and explain them."""
