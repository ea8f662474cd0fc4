"""Load runs: scenarios, load models, thresholds, what a run tells and how it came out. Pure."""
