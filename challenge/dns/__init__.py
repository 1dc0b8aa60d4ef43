"""The DNS records on which receivers decide whether a mail is ours: read, judged, and worded."""
