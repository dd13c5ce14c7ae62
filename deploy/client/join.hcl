# The three servers.
retry_join     = ["10.0.0.11", "10.0.0.12", "10.0.0.13"]
retry_interval = "5s"
