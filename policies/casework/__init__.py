"""Casework: reports, cases, clocks, recusal, sanctions, appeals and figures, as values and pure functions."""
