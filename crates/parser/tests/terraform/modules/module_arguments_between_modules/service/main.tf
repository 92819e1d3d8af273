variable "subnets" { type = map(string) }
variable "network" {
  type = object({ name = string, subnets = map(string), ids = list(string) })
}

output "placed" { value = [for name in sort(keys(var.subnets)) : "${name}=${var.subnets[name]}"] }
output "whole" { value = var.network }
