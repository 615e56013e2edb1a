"""The key: in no failure, by no path, is it shown to anybody but the server it is for."""
