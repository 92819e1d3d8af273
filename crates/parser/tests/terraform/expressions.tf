# What the expressions of expressions.txt may refer to.

variable "name" {
  default = "web"
}

variable "count_text" {
  type    = string
  default = "2"
}

variable "enabled" {
  type    = bool
  default = true
}

variable "nothing" {
  default = null
}

variable "numbers" {
  type    = list(number)
  default = [3, 1, 2]
}

variable "names" {
  type    = set(string)
  default = ["b", "a", "b"]
}

variable "tags" {
  type    = map(string)
  default = { Owner = "team", Env = "prod", Level = 3 }
}

variable "settings" {
  type = object({
    name   = string
    size   = optional(number, 3)
    labels = optional(map(string), { kept = "yes" })
    note   = optional(string)
    nested = optional(object({ on = optional(bool, true), level = optional(string, "low") }), {})
  })
  default = { name = "n", extra = "dropped", nested = { level = 5 } }
}

variable "rules" {
  type = list(object({ port = number, cidrs = list(string), open = optional(bool, false) }))
  default = [
    { port = "22", cidrs = ["10.0.0.0/8"] },
    { port = 443, cidrs = ["0.0.0.0/0", "10.0.0.0/8"], open = "true" },
  ]
}

variable "loose" {
  type    = map(any)
  default = { a = 1, b = "x", c = true }
}

variable "pair" {
  type    = tuple([string, number])
  default = [1, "2"]
}

locals {
  people = [
    { name = "Ada", age = 36, tags = ["x", "y"] },
    { name = "Alan", age = 41, tags = [] },
    { name = "Grace", age = 85, tags = ["x"] },
  ]
  greeting = "hello, ${var.name}"
  pattern  = "%%{ for name in names }$${upper(name)}-$${number};%%{ endfor }"
}

# Its attributes `id` and `output` are not known before an apply.
resource "terraform_data" "new" {
  input = "given"
}
