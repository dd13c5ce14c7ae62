# The three servers. An agent may stand in its own list.
retry_join     = ["10.0.0.11", "10.0.0.12", "10.0.0.13"]
retry_interval = "5s"
