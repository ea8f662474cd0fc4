"""The load generator: processes that send what a plan says, and the coordinator that they tell."""
