"""What comes back: reports, complaints and events of providers, read and handed to the domain."""
