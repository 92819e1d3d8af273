locals {
  middle = "${local.first}b"
  object = {
    self  = local.list[0]
    inner = { last = local.last }
  }
  list = [for x in ["x", "y"] : "${x}-${local.middle}"]
}
