"""What several rooms' tests share: local servers and sockets."""
