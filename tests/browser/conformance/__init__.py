"""Every option, method, event, item and field, each shown to do what it is for."""
