"""The validation of an API on screen: a wizard from the target to what was found."""
