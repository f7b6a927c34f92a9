"""Exports of either platform in, recorded actions out: the adapter that touches nobody."""
