"""Requests and answers as they went over the wire, to be read and copied."""
