"""Mail and webhooks that come in: read, and handed to what they mean."""
