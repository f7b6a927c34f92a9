"""Packs without a database: bags, signatures, reports, and the script that verifies them."""
