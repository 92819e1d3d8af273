variable "config" {
  type    = any
  default = { a = { b = 1 } }
}

locals {
  list = ["x"]
}

output "tries" {
  value = {
    present   = try(var.config.a.b, 0)
    absent    = try(var.config.a.c, 0)
    deep      = try(var.config.x.y.z, var.config.a.z, "last")
    index     = try(local.list[5], "out")
    number    = try(tonumber("x"), -1)
    null_kept = try(null, "x")
    string    = try([for x in var.config.a.b : x], [tostring(var.config.a.b)])
    json      = try(jsondecode("{"), {})
    key       = try(local.list["a"], "no key")
  }
}

output "cans" {
  value = [can(var.config.a), can(var.config.b), can(tonumber("1")), can(regex("^a", "b")), can(local.list[0]), can(tolist(5))]
}
