"""What is in this file? Its dialect, clock, layout and columns, each with how sure that is, and a draft.

A room beside the river: it reads files as `readers` do and writes nothing into the lake. One module a
question, one for the words, one for the draft. Here must not live: cleaning, anything that a run needs.
"""
