tags = { from = "auto", n = 1 }
name = "auto"
