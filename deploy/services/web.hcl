# A service and its check, read by the agent on the machine where the service runs.
service {
  name = "web"
  port = 8080
  tags = ["v1"]

  meta {
    team = "storefront"
  }

  check {
    name     = "web answers"
    http     = "http://127.0.0.1:8080/"
    interval = "10s"
    timeout  = "2s"
  }
}
