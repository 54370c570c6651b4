"""Reading the index of pieces and writing films as MP4 or MOV by copying byte ranges: nothing here
decodes, encodes or runs another program. Only files that this program made are ever read."""
