"""Who may use an installation from outside: service logins, and what was written under them."""
