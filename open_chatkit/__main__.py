"""`python -m open_chatkit`: the command `chatkit`, where another distribution has taken its name."""

from open_chatkit import main

main()
