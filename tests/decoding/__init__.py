"""What is made of the server's answers, documented, unusual and hostile, on real sockets."""
