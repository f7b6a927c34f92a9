"""The ./hustings wrapper, tried on a tiny project that installs offline in a second or two."""
