"""Read files of ids and addresses, as people export them. Whatever is not clear is rejected with its line number.

`lines` cuts bytes into lines, `rows` lines into cells, `columns` finds the cells that count, `cells` reads one cell,
`staging` keeps everything in a temporary database, and `reader` combines them.
"""
