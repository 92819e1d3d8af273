variable "users" {
  default = [
    { name = "ann", roles = ["admin", "dev"], age = 30 },
    { name = "bob", roles = ["dev"], age = 40 },
    { name = "cy", roles = [], age = 40 },
  ]
}

locals {
  pairs = flatten([for user in var.users : [for role in user.roles : { user = user.name, role = role }]])
}

output "pairs" { value = local.pairs }
output "by_role" { value = { for pair in local.pairs : pair.role => pair.user... } }
output "by_age" { value = { for user in var.users : user.age => user.name... } }
output "keyed" { value = { for pair in local.pairs : "${pair.user}.${pair.role}" => pair } }
output "nested" { value = { for user in var.users : user.name => { for i, role in user.roles : role => i } } }
output "indices" { value = [for i, user in var.users : i if user.age > 30] }
output "shadowed" { value = [for x in [1, 2] : [for x in ["a"] : x]] }
output "over_map" { value = [for key, value in { b = 1, a = 2 } : "${key}${value}"] }
output "over_set" { value = [for value in toset(["b", "a"]) : value] }
output "product" { value = [for pair in setproduct(["a", "b"], [1, 2]) : "${pair[0]}${pair[1]}"] }

resource "terraform_data" "grant" {
  for_each = { for pair in local.pairs : "${pair.user}.${pair.role}" => pair }
  input    = each.value.role
}
