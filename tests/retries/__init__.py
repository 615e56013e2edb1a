"""What is promised about an outcome, held against servers that lose answers on real sockets."""
