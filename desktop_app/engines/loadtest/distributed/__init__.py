"""Load runs from several computers: Locust's master and workers (extra ``distributed``)."""
