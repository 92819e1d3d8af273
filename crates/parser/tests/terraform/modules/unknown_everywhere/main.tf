resource "terraform_data" "new" {
  input = "given"
}

locals {
  id   = terraform_data.new.id
  list = ["a", local.id]
  map  = { known = 1, unknown = local.id }
}

output "for" { value = [for x in local.list : "${x}!"] }
output "for_keys" { value = { for i, x in local.list : i => x } }
output "for_filter" { value = [for x in local.list : x if x != "b"] }
output "conditional" { value = local.id == "x" ? "yes" : "no" }
output "objects" { value = local.id == "x" ? { a = 1 } : { a = 2 } }
output "template" { value = "id: ${local.id}" }
output "splat" { value = [{ a = local.id }, { a = 1 }][*].a }
output "object" { value = { inner = local.map, id = local.id } }
output "attribute" { value = local.map.known }
output "function" { value = upper(local.id) }
output "length" { value = [length(local.list), length(local.map)] }
output "comparison" { value = length(local.id) > 3 }
output "or" { value = local.id == "x" || true }
output "and" { value = false && local.id == "x" }
output "undecided" { value = [local.id == "x" || false, true && local.id == "x"] }
output "not" { value = !(local.id == "x") }
output "arithmetic" { value = length(local.id) + 1 }
output "index" { value = ["a", "b"][length(local.id) % 2] }
output "key" { value = { (local.id) = 1 } }
output "merged" { value = merge(local.map, { extra = true }) }
output "joined" { value = join("-", local.list) }
output "encoded" { value = jsonencode(local.map) }
output "contains" { value = [contains(local.list, "a"), contains(local.list, "z")] }
output "coalesced" { value = coalesce("a", local.id) }
output "tried" { value = try(local.map.missing, local.id) }
output "lookup" { value = [lookup(local.map, "known", 0), lookup(local.map, "unknown", 0), lookup(local.map, "none", 0)] }
output "set" { value = toset(local.list) }
output "known_input" { value = terraform_data.new.input }
output "output" { value = terraform_data.new.output }
