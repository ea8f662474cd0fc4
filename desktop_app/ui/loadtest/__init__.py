"""Load runs on screen: plan, live charts, results, history."""
