name  = 12
sizes = ["1", 2]
settings = {
  level = "3"
}
