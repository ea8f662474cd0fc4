"""Files on screen: lists, transfers, previews, details."""
