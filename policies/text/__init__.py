"""Reading text: views that undo disguise, and the parts of a message that are not the author's own words."""
