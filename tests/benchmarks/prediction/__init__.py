"""How fast models answer: over REST against the direct call, in a batch against one by one."""
