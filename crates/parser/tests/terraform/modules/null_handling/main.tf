variable "name" {
  type    = string
  default = null
}

variable "list" {
  type    = list(string)
  default = null
}

resource "terraform_data" "this" {
  input            = var.name
  triggers_replace = var.list
}

output "coalesced" { value = coalesce(var.name, "fallback") }
output "conditional" { value = var.name != null ? var.name : "none" }
output "list" { value = var.list == null ? [] : var.list }
output "splat" { value = [try(var.list[*], ["refused"]), var.name[*]] }
output "tried" { value = try(length(var.list), 0) }
output "object" { value = { a = null, b = var.name } }
output "filtered" { value = { for k, v in { a = null, b = 1 } : k => v if v != null } }
output "compact" { value = compact(["a", null, "", var.name]) }
output "input" { value = terraform_data.this.input == null }
output "merged" { value = merge({ a = 1 }, null, { b = var.name }) }
