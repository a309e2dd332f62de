"""The todos themselves: where they are kept, how they are shown, what can be done with them."""
