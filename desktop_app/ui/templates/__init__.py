"""What the screen of templates is made of: the criteria editor, its dialogs, files, revisions."""
