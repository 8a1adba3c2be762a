"""Pages, one file each; an address is stable once it was published."""
