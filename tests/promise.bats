#!/usr/bin/env bats
# Each fault that once broke the promise of par(7), and others of its kind, by what it broke.
load helper

# 1. --map waits for ever
#

# 2. a hello that comes late
#

# 3. signals that were blocked or ignored; ends that nobody tells of; process 1
#

# 4. -t ends whatever is stuck
#

# 5. one that floods
#

# 6. no memory
#

# 7. output that is the input, or another output
#

# 8. par-queue get --state after a bad end
#

# 9. a range that is too long
#

# 10. output that no line counts
#

# 11. outputs byte for byte
#

# 12. blocks of just N records; blocks whose start or time fails
#

# 13. 125: this can never work
#

# 14. par-cache: no other command's results
#

# 15. records cut, mixed or not counted
#

# 16. no body under another URL
#

# 17. no POST is sent twice
#

# 18. incomplete answers are told as such
#

# 19. archives stay readable
#

# 20. no stored page is replaced by a stranger
#

# 21. encodings are our own tables
#

# 22. what comes from a server is checked
#

# 23. fixed names and links that others lay
#

# 24. secrets, and bytes that act on a terminal
#

# 25. the sandbox of par-links
#

# 26. parsers under random input
#
