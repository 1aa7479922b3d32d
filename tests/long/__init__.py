"""Tests that take hours: run by hand, each prints its seeds."""
