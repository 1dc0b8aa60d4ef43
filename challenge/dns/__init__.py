"""The DNS records by which receivers decide whether a mail is ours: looked up, judged, and worded."""
