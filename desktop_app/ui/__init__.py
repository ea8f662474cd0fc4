"""The window, in Qt: it never touches network, files of others, or processes itself."""
