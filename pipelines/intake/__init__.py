"""From the landing folder to the vault: every delivered file opened safely, hashed, copied and recorded.

Here live the vault with its delivery log, the landing folder and the refused folder. Here must not
live: what the bytes mean (`readers`), which days they touch (`river`). Everything that writes here is
called under the writer lock.
"""
