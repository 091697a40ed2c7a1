"""Actions propose changes and never perform them."""
