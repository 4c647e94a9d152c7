"""What a folder's inputs are worth, with remedies."""
