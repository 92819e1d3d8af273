variable "nullable" {
  type    = string
  default = "default"
}

variable "strict" {
  type     = string
  default  = "default"
  nullable = false
}

variable "object" {
  type     = object({ size = optional(number, 9) })
  default  = {}
  nullable = false
}

output "all" { value = [var.nullable, var.strict, var.object] }
