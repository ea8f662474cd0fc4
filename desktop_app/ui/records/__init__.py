"""What the screens of records (users, companies, ...) share: listing, editing, deleting."""
