#!/bin/sh
# How many processes run the tests: one more than there are cores, since many tests wait for others
# (browsers, servers); four at most.
cores=$(nproc 2>/dev/null || echo 1)
[ "$cores" -lt 3 ] || cores=3
echo $((cores + 1))
