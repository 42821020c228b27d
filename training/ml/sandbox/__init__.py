"""Networks of strangers run here: in a process of their own, without network, within limits.

``confine`` and ``child`` import nothing but the standard library until the walls are up.
"""
