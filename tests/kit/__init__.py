"""Servers, clients and clocks that all suites use. Servers listen on real loopback sockets."""
