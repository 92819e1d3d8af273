locals {
  names = toset(["b", "a", "c.d e"])
}

resource "terraform_data" "one" {
  for_each = local.names
  input    = "${each.key}=${each.value}"
}

resource "terraform_data" "of_for" {
  for_each = toset([for name in local.names : upper(name) if length(name) == 1])
  input    = each.key
}

resource "terraform_data" "none" {
  for_each = toset([])
  input    = each.key
}

output "inputs" { value = values(terraform_data.one)[*].input }
output "keys" { value = keys(terraform_data.one) }
output "none" { value = length(terraform_data.none) }
output "with_keys" { value = [for k, v in local.names : "${k}:${v}"] }
