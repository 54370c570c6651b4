"""Reading the index of pieces and writing films as MP4 or MOV by copying byte ranges: nothing here
decodes, encodes or runs another program. Files that others made are read by `clips`, which trusts
nothing in them; all else reads what this program made."""
