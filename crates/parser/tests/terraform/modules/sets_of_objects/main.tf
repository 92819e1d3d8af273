variable "rules" {
  type = set(object({ port = number, cidr = optional(string, "0.0.0.0/0") }))
  default = [
    { port = 443 },
    { port = 80, cidr = "10.0.0.0/8" },
    { port = "443", cidr = "0.0.0.0/0" },
  ]
}

output "rules" { value = var.rules }
output "length" { value = length(var.rules) }
output "ports" { value = sort([for r in var.rules : r.port]) }
output "splat" { value = toset(var.rules[*].port) }
output "as_map" { value = { for r in var.rules : "${r.port}-${r.cidr}" => r } }

resource "terraform_data" "rule" {
  for_each = { for r in var.rules : r.port => r.cidr... }
  input    = each.value
}
