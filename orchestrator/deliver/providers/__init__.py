"""One file per provider: it gives a channel, and knows what the other side's answers mean."""
