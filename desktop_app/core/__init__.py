"""Pure rules and models of the field: no Qt, no network, no files, no clock of their own."""
