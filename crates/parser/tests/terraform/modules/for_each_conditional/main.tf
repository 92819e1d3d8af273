variable "enabled" { default = true }
variable "extra" {
  type    = map(string)
  default = {}
}

resource "terraform_data" "on" {
  for_each = var.enabled ? { a = 1, b = 2 } : {}
  input    = each.value
}

resource "terraform_data" "off" {
  for_each = !var.enabled ? toset(["x"]) : toset([])
  input    = each.value
}

resource "terraform_data" "filtered" {
  for_each = { for k, v in merge({ a = "1", b = "" }, var.extra) : k => v if v != "" }
  input    = each.value
}

output "on" { value = { for k, one in terraform_data.on : k => one.input } }
output "off" { value = [for one in terraform_data.off : one.input] }
output "filtered" { value = keys(terraform_data.filtered) }
output "looked_up" { value = lookup({ for k, one in terraform_data.on : k => one.input }, "z", -1) }
