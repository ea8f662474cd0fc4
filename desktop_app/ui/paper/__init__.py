"""Documents on paper: what pages are made of, and PDF files of them."""
