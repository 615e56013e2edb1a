"""Files of ids and addresses, as people have them: read as a person would mean them, or rejected with a line number.

source.py gives lines of bytes, records.py makes rows of them, columns.py says which cell counts, cells.py what a cell
says, spool.py keeps it on disk, and intake.py is all of it together.
"""
