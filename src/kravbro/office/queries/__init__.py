"""What the command line and the screens show of the office. Amounts are øre; nothing here changes anything."""
