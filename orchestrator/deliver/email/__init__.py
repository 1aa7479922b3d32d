"""Bytes of an e-mail, and the dialogue that hands them to a server."""
