variable "anything" {
  type    = any
  default = { a = [1, "b"], c = null }
}

variable "list" {
  type    = list(any)
  default = [1, "b", true]
}

variable "map" {
  type    = map(any)
  default = { a = 1, b = 2 }
}

variable "objects" {
  type    = list(any)
  default = [{ a = 1 }, { a = "x" }]
}

variable "set" {
  type    = set(any)
  default = [2, 1, 2]
}

variable "untyped" {
  default = [1, "b", [true]]
}

variable "inner" {
  type    = object({ spec = any, more = map(any) })
  default = { spec = [1, "a"], more = { x = ["1"], y = ["a"] } }
}

output "all" { value = [var.anything, var.list, var.map, var.objects, var.set, var.untyped, var.inner] }
