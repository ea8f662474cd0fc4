"""Load runs as people order, keep, compare and report them."""
