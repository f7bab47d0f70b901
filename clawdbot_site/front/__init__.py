"""The front: nginx and the balancer that tells it which nodes answer.

`rendering` and `messages` write nginx's configuration into a folder, from ours. `balancer` and what
it imports run beside nginx and need Python's standard library only.
"""
