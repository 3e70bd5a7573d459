"""What data protection officers file: the record of processing, and the text that each privacy notice needs.

Both are read from agreements and say of what these do not say that it is not said. Headings, rights and fixed sentences are data
of the book (`knowledge/documents`). `taking_part` finds who takes part in what; formats only lay out.
"""
