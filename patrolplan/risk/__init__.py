"""What each street segment needs at each hour of the week."""
