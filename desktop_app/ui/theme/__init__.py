"""How everything looks: tokens, the palette and style sheet made from them, and icons."""
