variable "name" { type = string }
variable "sizes" { type = list(number) }
variable "tags" {
  type    = map(string)
  default = { from = "default" }
}
variable "settings" {
  type = object({ on = optional(bool, true), level = number })
}

output "all" { value = [var.name, var.sizes, var.tags, var.settings] }
