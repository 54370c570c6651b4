"""`python -m video_foundry`: the same as the installed command."""

from video_foundry.cli import main

main()
